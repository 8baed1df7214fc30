import type { Job } from '../../functions/core/jobs/job.ts';
import type { IModelStore } from '../../functions/core/ports.ts';
import { firstCheckpoint } from '../../functions/core/sweeps/checkpoint.ts';
import { DAY, MINUTE } from '../../functions/core/time.ts';
import type { SweepPorts } from '../../functions/monitor/context.ts';
import type { Happening } from './happenings.ts';
import type { WorldView } from './invariants/invariant.ts';
import type { Invocation } from './invocation.ts';
import type { Script } from './plan/job-plan.ts';
import type { Plan } from './plan/plan.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { alertTopicOf, operatorTopicOf } from './stand-ins/alert-topic.ts';
import { checkpointStoreOf, createCheckpointTable } from './stand-ins/checkpoint-table.ts';
import { followUpQueueOf, type Messages } from './stand-ins/follow-up-queue.ts';
import { iModelStoreOf } from './stand-ins/imodel-items.ts';
import { jobStoreOf } from './stand-ins/job-store.ts';
import { createJobsTable } from './stand-ins/jobs-table.ts';
import { createLengthItems, lengthStoreOf } from './stand-ins/length-items.ts';
import { createLogs, logsEndpointOf } from './stand-ins/logs.ts';
import { namesEndpointOf } from './stand-ins/names.ts';
import { createLists, runListsOf } from './stand-ins/run-lists.ts';
import { type KeptMonths, statisticsStoreOf } from './stand-ins/statistics.ts';
import { subscribersOf } from './stand-ins/subscribers.ts';
import { accessTokensOf, createTokenEndpoint, type KeptToken } from './stand-ins/tokens.ts';
import { createUpstream, statusEndpointOf } from './stand-ins/upstream.ts';
import type { Troubles } from './troubles.ts';

/** Everything outside the functions: tables, topic, upstream and token endpoint. */
export interface Outside {
  readonly view: WorldView;
  /** How one invocation reaches it all. */
  portsOf(by: Invocation, kept: KeptToken, see: (happening: Happening) => void): Ports;
}

/** What the functions need of the outside: the API watches iModels, sweeps only look them up. */
export type Ports = SweepPorts & { readonly iModels: IModelStore };

/** What the outside world is made of. */
export interface OutsideParts {
  readonly plan: Plan;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly troubles: Troubles;
  readonly messages: Messages;
  /** The TTL took a job off the record. */
  readonly onExpired: (job: Job) => void;
}

/** The outside world of a plan. */
export function createOutside(parts: OutsideParts): Outside {
  const { plan, random, scheduler, troubles, messages, onExpired } = parts;
  const { now, at } = scheduler;
  const { strikes, isOn } = troubles;
  const runs = [...plan.jobs, ...plan.iModels.flatMap(({ history }) => history)];
  const scripts = new Map(runs.map(({ jobId, script }) => [jobId, script]));
  const table = createJobsTable({
    now,
    at,
    lag: () => random.integer(0, plan.indexLag),
    pageBreak: () => (strikes('page cut short', 'a query') ? random.integer(1, 5) : undefined),
    ttlDelay: () => (random.chance(0.5) ? random.integer(0, 5) * MINUTE : 2 * DAY),
    onExpired,
  });
  const lengths = createLengthItems(plan.lengths);
  const checkpoints = createCheckpointTable();
  const months: KeptMonths = new Map();
  const { start, checksPerMinute, runLengths } = plan;
  if (runLengths) {
    checkpoints.write({ ...firstCheckpoint(start, checksPerMinute), version: 1, runLengths });
  }
  const endpoint = createTokenEndpoint({
    now,
    isDown: () => isOn('token endpoint down'),
    isSilent: () => isOn('token endpoint silent'),
    areCredentialsBad: () => isOn('credentials refused'),
    expiresEarly: () => strikes('token expires early', 'a new token'),
  });
  const { isValid: isTokenValid, credentialsVersion } = endpoint;
  const { retryAfter } = plan;
  const conditions = { random, now, strikes, isOn, isTokenValid, retryAfter };
  const upstream = createUpstream(plan.jobs, conditions);
  const logs = createLogs(conditions);
  const lists = createLists(plan, conditions);
  return {
    view: {
      plan,
      now,
      job: table.get,
      hasHad: table.hasHad,
      jobs: table.all,
      iModel: table.iModels.get,
      iModels: table.iModels.all,
      script: (jobId) => scripts.get(jobId) as Script,
      credentialsVersion,
    },
    portsOf: (by, kept, see) => ({
      jobs: jobStoreOf(table, by.call, {
        onWritten: (before, after) => see({ kind: 'JobWritten', by, before, after }),
        onKnown: (jobId) => see({ kind: 'JobKnown', by, jobId }),
      }),
      checkpoints: checkpointStoreOf(checkpoints, by.call, {
        now,
        onWritten: (write) => see({ kind: 'CheckpointWritten', by, ...write }),
      }),
      statistics: statisticsStoreOf(table, months, by.call, (figures) =>
        see({ kind: 'MonthKept', by, figures }),
      ),
      status: statusEndpointOf(upstream, {
        call: by.call,
        clock: by.time.now,
        onAsked: (jobId) => see({ kind: 'Asked', by, jobId }),
        onAnswered: (jobId, api, answer) => see({ kind: 'Answered', by, jobId, api, answer }),
      }),
      runLists: runListsOf(lists, {
        call: by.call,
        clock: by.time.now,
        onAsked: (iModelId) => see({ kind: 'ListAsked', by, iModelId }),
        onAnswered: (asked, answer) => see({ kind: 'ListAnswered', by, asked, answer }),
      }),
      lengths: lengthStoreOf(lengths, by.call, (before, after) =>
        see({ kind: 'LengthsWritten', by, before, after }),
      ),
      iModels: iModelStoreOf(table.iModels, by.call, {
        onRead: (iModelId, iModel) => see({ kind: 'IModelRead', by, iModelId, iModel }),
        onWritten: (before, after) => see({ kind: 'IModelWritten', by, before, after }),
      }),
      runLogs: logsEndpointOf(logs, {
        call: by.call,
        clock: by.time.now,
        onAsked: (jobId) => see({ kind: 'Asked', by, jobId }),
        onRateLimited: (jobId, api, answer) => see({ kind: 'Answered', by, jobId, api, answer }),
      }),
      names: namesEndpointOf(conditions, {
        call: by.call,
        clock: by.time.now,
        onAsked: (id) => see({ kind: 'NameAsked', by, id }),
        onAnswered: (id, answer) => see({ kind: 'NameAnswered', by, id, answer }),
      }),
      tokens: accessTokensOf(endpoint, kept, by.call, by.time.now),
      topic: alertTopicOf(
        by.call,
        (id) => strikes('alert refused', id),
        (alert) => see({ kind: 'AlertAccepted', by, alert }),
        (digest) => see({ kind: 'DigestAccepted', by, digest }),
        (id) => see({ kind: 'AlertSent', by, id }),
      ),
      operators: operatorTopicOf(by.call, (notice) => see({ kind: 'NoticeAccepted', by, notice })),
      ...subscribersOf(by.call),
      followUps: followUpQueueOf(messages, by.call, (delays, until) =>
        see({ kind: 'FollowUpsAsked', by, delays, until }),
      ),
      time: by.time,
      log: by.log,
    }),
  };
}

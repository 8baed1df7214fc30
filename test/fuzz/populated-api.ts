import type { Context } from 'aws-lambda';
import { createApi } from '../../functions/api/create-api.ts';
import type { ApiPorts, ApiResult } from '../../functions/api/http/route.ts';
import { subscriptionIdOf } from '../../functions/api/use-cases/subscriptions.ts';
import type { Receiver, Subscription } from '../../functions/core/alerts/listeners.ts';
import { type IModel, LIST_SOURCES, newIModel } from '../../functions/core/imodels/imodel.ts';
import type { Job } from '../../functions/core/jobs/job.ts';
import { omit } from '../../functions/core/objects.ts';
import { type Checkpoint, firstCheckpoint } from '../../functions/core/sweeps/checkpoint.ts';
import { HOUR } from '../../functions/core/time.ts';
import { apiEvent, type TestRequest } from '../functions/api/support/api-event.ts';
import { moved, registeredJob } from '../functions/api/support/jobs.ts';
import { ITWIN_API_URL } from '../functions/api/support/test-api.ts';
import { callAtOnce } from '../simulation/contracts/call-at-once.ts';
import { iModelStoreOf } from '../simulation/stand-ins/imodel-items.ts';
import { jobStoreOf } from '../simulation/stand-ins/job-store.ts';
import { createJobsTable } from '../simulation/stand-ins/jobs-table.ts';
import { statisticsStoreOf } from '../simulation/stand-ins/statistics.ts';
import { createTopicSubscribers } from './topic-subscribers.ts';

/** 2026-02-10T12:00:00Z, in ms since the epoch: when every request is made. */
const NOW = Date.UTC(2026, 1, 10, 12);

/** A job in each kind of state: pending, ended upstream, ended by the monitor. */
const STATES = [
  'Registered',
  'Running',
  'Archiving',
  'Failed',
  'NotFound',
  'TimedOut',
  'Cancelled',
];

const JOBS: readonly Job[] = STATES.map((state, n) => {
  const job = registeredJob(`00000000-0000-4000-8000-00000000000${n}`, NOW - n * 200 * HOUR);
  return state === job.state ? job : moved(job, state, NOW - HOUR);
});

const RECEIVERS: readonly Receiver[] = [
  { protocol: 'email', endpoint: 'pending@example.com' },
  { protocol: 'email', endpoint: 'confirmed@example.com' },
  { protocol: 'sms', endpoint: '+37060000000' },
];
const DECLARED: Receiver = { protocol: 'email', endpoint: 'declared@example.com' };

const IMODELS: readonly IModel[] = LIST_SOURCES.map((source, n) =>
  newIModel(
    {
      iModelId: `10000000-0000-4000-8000-00000000000${n}`,
      source,
      timeoutMinutes: 60,
      watchedBy: 'test',
    },
    NOW - HOUR,
  ),
);

/** The API is healthy: a sweep and a pass were completed just now. */
const CHECKPOINT: Checkpoint = {
  ...firstCheckpoint(NOW, 60),
  version: 2,
  lastPassStartedAt: NOW,
  lastPassCompletedAt: NOW,
  lastSweepAt: NOW,
};

/** The ids of the jobs on record. */
export const JOB_IDS: readonly string[] = JOBS.map(({ jobId }) => jobId);

/** The ids of the watched iModels. */
export const IMODEL_IDS: readonly string[] = IMODELS.map(({ iModelId }) => iModelId);

/** The ids of subscriptions: the deployment's own is the last. */
export const SUBSCRIPTION_IDS: readonly string[] = [...RECEIVERS, DECLARED].map(subscriptionIdOf);

/** What is sent, by whoever it is. */
export interface ApiRequest extends TestRequest {
  readonly method: string;
  readonly path: string;
  /** Whether only admitted callers may come in. */
  readonly isGuarded: boolean;
}

/** The API with something of every kind on record, for one request. */
export interface PopulatedApi {
  send(request: ApiRequest): Promise<ApiResult>;
  /** All that is on record, as text; a version that was written and taken back makes no difference. */
  record(): string;
}

/** An API on stand-ins. They are so fast that each request gets an API of its own. */
export function createPopulatedApi(): PopulatedApi {
  const jobs = createJobsTable(IN_MEMORY);
  for (const job of JOBS) jobs.add(job);
  const subscriptions = new Map(
    RECEIVERS.map(subscribed).map((each) => [each.subscriptionId, each]),
  );
  for (const iModel of IMODELS) jobs.iModels.add(iModel);
  const subscribers = createTopicSubscribers(RECEIVERS, DECLARED);
  const ports: ApiPorts = {
    jobs: jobStoreOf(jobs, callAtOnce, { onWritten: ignore, onKnown: ignore }),
    checkpoints: { read: async () => CHECKPOINT, write: async () => false },
    iModels: iModelStoreOf(jobs.iModels, callAtOnce, { onRead: ignore, onWritten: ignore }),
    statistics: statisticsStoreOf(jobs, new Map(), callAtOnce),
    subscriptions: storeOf(subscriptions),
    subscribers,
    time: { now: IN_MEMORY.now, timeout: () => new AbortController().signal },
    wait: async () => {},
    log: { info: ignore, warn: ignore, error: ignore },
    newId: () => 'ffffffff-0000-4000-8000-000000000000',
    countRegistration: ignore,
  };
  return {
    send({ method, path, isGuarded, ...request }) {
      const admittedCallers = isGuarded ? ADMITTED : undefined;
      const api = createApi(ports, {
        admittedCallers,
        remindAfterMinutes: 60,
        apiUrl: ITWIN_API_URL,
      });
      return api(apiEvent(method, path, request), {} as Context);
    },
    record() {
      const onRecord = [...subscriptions.values()].map((each) => omit(each, 'version'));
      return JSON.stringify([[...jobs.all()], [...jobs.iModels.all()], onRecord, subscribers.told]);
    },
  };
}

const ADMITTED = { clientIds: ['known'], subjects: ['known'], organizations: ['known'] };

const ignore = () => undefined;

const IN_MEMORY = {
  now: () => NOW,
  lag: () => 0,
  pageBreak: ignore,
  at: ignore,
  ttlDelay: () => 0,
  onExpired: ignore,
};

function subscribed(receiver: Receiver): Subscription {
  return {
    ...receiver,
    subscriptionId: subscriptionIdOf(receiver),
    filter: {},
    subscribedAt: NOW - HOUR,
    subscribedBy: 'test',
    updatedAt: NOW - HOUR,
    updatedBy: 'test',
    version: 1,
  };
}

function storeOf(subscriptions: Map<string, Subscription>): ApiPorts['subscriptions'] {
  const isVersion = (id: string, version: number) =>
    (subscriptions.get(id)?.version ?? 0) === version;
  return {
    list: async () => [...subscriptions.values()],
    get: async (id) => subscriptions.get(id),
    async put(subscription) {
      const { subscriptionId, version } = subscription;
      if (!isVersion(subscriptionId, version - 1)) return false;
      subscriptions.set(subscriptionId, subscription);
      return true;
    },
    remove: async ({ subscriptionId, version }) =>
      isVersion(subscriptionId, version) && subscriptions.delete(subscriptionId),
  };
}

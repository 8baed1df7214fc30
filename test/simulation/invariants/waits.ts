import { KIND_OF_SOURCE } from '../../../functions/core/imodels/found-runs.ts';
import type { Answer } from '../../../functions/core/jobs/observation.ts';
import { isTerminal } from '../../../functions/core/jobs/states.ts';
import { kindOf } from '../../../functions/core/kinds/kinds.ts';
import type { RunListAnswer } from '../../../functions/core/ports.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { health } from '../../../functions/core/sweeps/health.ts';
import type { Pause } from '../../../functions/core/sweeps/pause.ts';
import { MAX_INTERVAL } from '../../../functions/core/sweeps/schedule.ts';
import { HOUR, isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import type { Script } from '../plan/job-plan.ts';
import { type Plan, requestsOfPass } from '../plan/plan.ts';
import { isSick } from '../stand-ins/upstream.ts';
import { onCheck } from './checks.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';
import { createPendingSince } from './passes.ts';
import { isLease } from './requests.ts';

/** What must hold while upstream, or a run of it, is not well. */
export const waitInvariants: readonly Invariant[] = [
  { name: 'every outage of 6 min or more is told', watch: outagesTold },
  { name: 'no healthy job waits longer for sick ones than is promised', watch: healthyGoOn },
];

/** For how long (ms) somebody of upstream may give no answer of use before that has to be told. */
const TOLD_WITHIN = 6 * MINUTE;

/** Which APIs, or lists of theirs, gave no answer of use, since when, and when last (ms since the epoch). */
type Silent = ReadonlyMap<string, { readonly since: number; readonly at: number }>;

/** By what the sweeps were answered that came to their end: of the others nothing is on record. */
function outagesTold({ plan }: WorldView): Watcher {
  const inSweep = new Map<Invocation, Silent>();
  let silent: Silent = new Map();

  function noteAnswer(by: Invocation, isOfUse: boolean, whose: string): void {
    const next = new Map(inSweep.get(by) ?? silent);
    const at = by.time.now();
    if (isOfUse) next.delete(whose);
    else next.set(whose, { since: next.get(whose)?.since ?? at, at });
    inSweep.set(by, next);
  }

  return {
    note: {
      Answered({ by, api, answer }) {
        if (answer) noteAnswer(by, !isOfNoUse(answer), api);
      },
      ListAnswered({ by, asked: { source }, answer }) {
        const { api } = kindOf({ kind: KIND_OF_SOURCE[source] });
        if (answer) noteAnswer(by, !isNone(answer), `lists of ${api}`);
        const isAlive = answer?.kind === 'Page' && answer.runs.some(({ status }) => status);
        if (isAlive) noteAnswer(by, true, api);
      },
      CheckpointWritten({ by, after }) {
        if (!isEnd(after)) return;
        // Whom neither this sweep nor a whole pass had reason to ask keeps nobody waiting.
        const asked = [...(inSweep.get(by) ?? silent)].filter(
          ([whose, now]) => now !== silent.get(whose) || now.at >= (after.lastPassStartedAt ?? 0),
        );
        silent = new Map(asked);
      },
    },
    judge: {
      CheckpointWritten({ by, after }) {
        if (!isEnd(after)) return;
        const now = by.time.now();
        const long = [...silent].find(
          ([, { since }]) => now - since >= TOLD_WITHIN + 2 * plan.skew,
        );
        if (long === undefined || health(after, now).outageSince !== undefined) return;
        const [whose, { since }] = long;
        return `nobody is told that there is no answer of ${whose} since ${isoTime(since)}`;
      },
    },
  };
}

function isEnd({ leaseUntil }: Checkpoint): boolean {
  return leaseUntil === undefined;
}

/** What is no answer at all; anything else is one, however bad. */
function isNone(answer: Answer | RunListAnswer): boolean {
  return (
    answer.kind === 'Failed' &&
    ['ServerError', 'Timeout', 'ConnectionFailed'].includes(answer.error.name)
  );
}

/** What tells nothing of a run. */
function isOfNoUse(answer: Answer): boolean {
  return isNone(answer) || (answer.kind === 'Failed' && answer.error.name.startsWith('Unexpected'));
}

/** Only where nothing else goes wrong can it be told who makes a job wait. */
function healthyGoOn(world: WorldView): Watcher {
  const { plan, now } = world;
  const isQuiet =
    plan.windows.length === 0 && Object.values(plan.rates).every((rate) => rate === 0);
  const pending = createPendingSince(world);
  const openTime = createOpenTime(world);
  /** When each job was checked last, or could not be: by both clocks. */
  const checkedAt = new Map<string, { readonly at: number; readonly open: number }>();
  const limits = { at: longestWait(plan), open: longestOpenWait(plan) };
  const check = (jobId: string) => checkedAt.set(jobId, { at: now(), open: openTime.now() });

  return {
    note: {
      JobWritten(written) {
        pending.note(written);
        if (!checkedAt.has(written.after.jobId)) check(written.after.jobId);
        // Whoever is reopened waits from then on.
        if (written.after.state === 'Registered') check(written.after.jobId);
      },
      JobExpired: pending.forget,
      ...onCheck(world, ({ jobId, answer }) => {
        check(jobId);
        openTime.closeBy(answer);
      }),
    },
    judge: {
      CheckpointWritten({ before, after }) {
        openTime.closeFor(after.pause);
        if (!isQuiet || isLease(before, after)) return;
        for (const [jobId, since] of pending.since) {
          const job = world.job(jobId);
          if (job === undefined || isTerminal(job.state)) continue;
          if (isBad(world.script(jobId), now()) || (job.notBefore ?? 0) > now()) check(jobId);
          const last = checkedAt.get(jobId) ?? { at: now(), open: openTime.now() };
          const waited = now() - Math.max(since, last.at);
          const isLong = waited > limits.at || openTime.now() - last.open > limits.open;
          if (isLong) return `nobody asked about job ${jobId} for too long`;
        }
        return undefined;
      },
    },
  };
}

/**
 * A clock that stands still while upstream wants no requests, and in the pauses after its faults; and
 * for a minute more, until a sweep comes.
 */
function createOpenTime({ plan, now }: WorldView) {
  let closedUntil = 0;
  let readAt = now();
  let open = 0;

  function read(): number {
    open += Math.max(0, now() - Math.max(readAt, closedUntil));
    readAt = now();
    return open;
  }

  function close(until: number): void {
    read();
    closedUntil = Math.max(closedUntil, until + MINUTE + 2 * plan.skew);
  }

  return {
    now: read,
    closeBy(answer: Answer | undefined): void {
      if (answer && 'retryAt' in answer && answer.retryAt !== undefined) close(answer.retryAt);
    },
    closeFor(pause: Pause | undefined): void {
      // How long a limit lasts, upstream says itself.
      if (pause && pause.reason !== 'RateLimited') {
        close(Math.min(pause.until, now() + LONGEST_PAUSE));
      }
    },
  };
}

/** The longest pause (ms) after a fault that does not say when it is over. */
const LONGEST_PAUSE = 15 * MINUTE;

function isBad({ sickness, gone }: Script, time: number): boolean {
  return isSick(sickness, time) || (gone !== undefined && gone.at <= time);
}

/** The longest pause (ms) that a sick run brings about. */
function pauseBy({ sickness }: Script): number {
  switch (sickness?.kind) {
    case 'run limited':
    case 'run over quota':
    case 'run busy':
      return Math.min(HOUR, sickness.retryAfter * SECOND);
    case 'run 202':
      return 0;
    default:
      return LONGEST_PAUSE;
  }
}

/** Two passes, and the time of those that hang. */
function longestOpenWait(plan: Plan): number {
  const { jobs, checksPerMinute, concurrency, skew } = plan;
  const sick = jobs.filter(({ script }) => script.sickness ?? script.gone);
  const sweepsPerPass = Math.ceil(requestsOfPass(plan) / checksPerMinute);
  const passes = sweepsPerPass > 1 ? MAX_INTERVAL + 1 : 2;
  const hanging = Math.ceil((sick.length * 5 * SECOND) / (40 * SECOND * concurrency));
  return passes * (sweepsPerPass + hanging) * MINUTE + 2 * MINUTE + 2 * skew;
}

/**
 * The same, and what sick runs add to each pass: a pause at the most, of its `retry-after` or, when
 * nobody else is left to answer, of the longest that there is. That is two of them for a job that is
 * registered in a pause, and comes behind the sick ones.
 */
function longestWait(plan: Plan): number {
  const sick = plan.jobs.filter(({ script }) => script.sickness ?? script.gone);
  const passes = requestsOfPass(plan) > plan.checksPerMinute ? MAX_INTERVAL + 1 : 2;
  const pauses = sick.reduce((sum, { script }) => sum + pauseBy(script) + MINUTE, 0);
  return longestOpenWait(plan) + passes * pauses;
}

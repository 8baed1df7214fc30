import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { health } from '../../../functions/core/sweeps/health.ts';
import { MAX_INTERVAL } from '../../../functions/core/sweeps/schedule.ts';
import { HOUR, isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import type { Script } from '../plan/job-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { isSick } from '../stand-ins/upstream.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { isLease } from './requests.ts';
import { createPendingSince } from './sweeps.ts';

/** What must hold while upstream, or a run of it, is not well. */
export const waitInvariants: readonly Invariant[] = [
  { name: 'every outage of 6 min or more is told', watch: outagesTold },
  { name: 'no healthy job waits longer for sick ones than is promised', watch: healthyGoOn },
];

/** For how long (ms) there may be no answer at all before somebody has to be told. */
const TOLD_WITHIN = 6 * MINUTE;

/** By what the sweeps were answered that came to their end: of the others nothing is on record. */
function outagesTold({ plan }: WorldView): Watcher {
  const inSweep = new Map<Invocation, number | undefined>();
  let failingSince: number | undefined;

  function noteEnd({ by, after }: HappeningOf<'CheckpointWritten'>): void {
    if (inSweep.has(by)) failingSince = inSweep.get(by);
    if (after.lastPassPending === 0) failingSince = undefined;
  }

  return {
    note: {
      Answered({ by, answer }) {
        if (answer === undefined) return;
        const since = inSweep.has(by) ? inSweep.get(by) : failingSince;
        inSweep.set(by, isFailure(answer) ? (since ?? by.time.now()) : undefined);
      },
      CheckpointWritten(written) {
        if (isEnd(written.after)) noteEnd(written);
      },
    },
    judge: {
      CheckpointWritten({ by, after }) {
        if (!isEnd(after) || failingSince === undefined) return;
        const now = by.time.now();
        if (now - failingSince < TOLD_WITHIN + 2 * plan.skew) return;
        if (health(after, now).outageSince !== undefined) return;
        return `nobody is told that upstream gives no answer since ${isoTime(failingSince)}`;
      },
    },
  };
}

function isEnd({ leaseUntil }: Checkpoint): boolean {
  return leaseUntil === undefined;
}

/** What gives no answer at all; anything else is one, however bad. */
function isFailure(answer: NonNullable<HappeningOf<'Answered'>['answer']>): boolean {
  return (
    answer.kind === 'Failed' &&
    ['ServerError', 'Timeout', 'ConnectionFailed'].includes(answer.error.name)
  );
}

/** Only where nothing else goes wrong can it be told who makes a job wait. */
function healthyGoOn(world: WorldView): Watcher {
  const { plan } = world;
  const isQuiet =
    plan.windows.length === 0 && Object.values(plan.rates).every((rate) => rate === 0);
  const pending = createPendingSince(world);
  const askedAt = new Map<string, number>();
  const limit = longestWait(plan);
  return {
    note: {
      JobWritten: pending.note,
      JobExpired: pending.forget,
      Asked({ jobId }) {
        askedAt.set(jobId, world.now());
      },
    },
    judge: {
      CheckpointWritten({ before, after }) {
        if (!isQuiet || isLease(before, after)) return;
        for (const [jobId, since] of pending.since) {
          if (isBad(world.script(jobId), world.now())) askedAt.set(jobId, world.now());
          const job = world.job(jobId);
          if (job === undefined || isTerminal(job.state)) continue;
          const from = Math.max(since, askedAt.get(jobId) ?? 0, job.notBefore ?? 0);
          if (world.now() - from > limit) return `nobody asked about job ${jobId} for too long`;
        }
        return undefined;
      },
    },
  };
}

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
      return 15 * MINUTE;
  }
}

/**
 * Two passes, and what sick runs add to each: those that hang, their time; each, a pause at the most,
 * of its `retry-after` or, when nobody else is left to answer, of the longest that there is. That is
 * two of them for a job that is registered in a pause, and comes behind the sick ones.
 */
function longestWait({ jobs, checksPerMinute, concurrency, skew }: Plan): number {
  const sick = jobs.filter(({ script }) => script.sickness ?? script.gone);
  const sweepsPerPass = Math.ceil(jobs.length / checksPerMinute);
  const passes = sweepsPerPass > 1 ? MAX_INTERVAL + 1 : 2;
  const hanging = Math.ceil((sick.length * 5 * SECOND) / (40 * SECOND * concurrency));
  const pauses = sick.reduce((sum, { script }) => sum + pauseBy(script) + MINUTE, 0);
  return passes * ((sweepsPerPass + hanging) * MINUTE + pauses) + 2 * MINUTE + 2 * skew;
}

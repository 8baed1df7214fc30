import { placeOf } from '../../../functions/core/jobs/job.ts';
import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { lastCheckedAt } from '../../../functions/core/sweeps/pass.ts';
import { MAX_INTERVAL } from '../../../functions/core/sweeps/schedule.ts';
import { isoTime, MINUTE } from '../../../functions/core/time.ts';
import { type Plan, requestsOfPass } from '../plan/plan.ts';
import { onCheck } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { isLease } from './requests.ts';

/** What must hold for passes: everybody has a turn, and nobody is said to have had one who had not. */
export const passInvariants: readonly Invariant[] = [
  { name: 'a pass misses nobody', watch: completePasses },
  { name: 'once faults cease, no job starves', watch: noStarvation },
  { name: 'no check is told of that was not made', watch: truthfulTimes },
];

/** Since when jobs are pending, as far as the index may know. ms since the epoch. */
export function createPendingSince(world: WorldView) {
  const since = new Map<string, number>();
  return {
    since,
    forget({ job }: HappeningOf<'JobExpired'>): void {
      since.delete(job.jobId);
    },
    note({ before, after }: HappeningOf<'JobWritten'>): void {
      const wasPending = before !== undefined && !isTerminal(before.state);
      if (isTerminal(after.state)) since.delete(after.jobId);
      else if (!wasPending) since.set(after.jobId, world.now() + world.plan.indexLag);
    },
  };
}

/**
 * Until when the index may keep a sweep from checking a job (ms since the epoch): it may show the job in
 * neither of its places, because its iModel has just adopted it, or with a time of its own that a list
 * has just ended.
 */
function createLags(world: WorldView) {
  const until = new Map<string, number>();
  return {
    until: (jobId: string) => until.get(jobId) ?? 0,
    note({ before, after }: HappeningOf<'JobWritten'>): void {
      if (!before) return;
      const isMoved = placeOf(before) !== placeOf(after);
      const waitsNoMore = before.notBefore !== undefined && after.notBefore === undefined;
      if (isMoved || waitsNoMore) until.set(after.jobId, world.now() + MINUTE);
    },
  };
}

/** The passes that checkpoints tell of. */
export function createPasses(world: WorldView) {
  const starts: number[] = [];
  let passFrom: number | undefined;
  let leasedAt = 0;

  /** The sweep that completes a pass may have begun the next one. */
  function nextPassFrom({ passStartedAt }: Checkpoint): number | undefined {
    return passStartedAt && Math.max(leasedAt, passStartedAt - world.plan.skew);
  }

  return {
    /**
     * When the pass began that a write completes, and since when every job has had its turn (ms since
     * the epoch); undefined when it completes none.
     */
    completedBy({ before, after }: HappeningOf<'CheckpointWritten'>) {
      if (isLease(before, after)) leasedAt = world.now();
      if (after.leaseUntil !== undefined) return undefined;
      const from = passFrom ?? leasedAt;
      const isComplete = after.lastPassCompletedAt !== before?.lastPassCompletedAt;
      passFrom = isComplete ? nextPassFrom(after) : after.passStartedAt && from;
      if (!isComplete) return undefined;
      starts.unshift(from);
      const hasSkippedSome = after.earlierPasses !== undefined;
      return { from, allSince: hasSkippedSome ? starts[MAX_INTERVAL - 1] : from };
    },
  };
}

/** Since when jobs are pending, when each was last checked, and what the index may hide: by what they are due. */
function createTurns(world: WorldView) {
  const pending = createPendingSince(world);
  const lags = createLags(world);
  const checkedAt = new Map<string, number>();
  return {
    pending: pending.since,
    /** ms since the epoch. */
    checkedAt: (jobId: string) => checkedAt.get(jobId) ?? 0,
    /** The same, or until when the index may keep sweeps from it. */
    settledAt: (jobId: string) => Math.max(checkedAt.get(jobId) ?? 0, lags.until(jobId)),
    note: {
      JobWritten(written: HappeningOf<'JobWritten'>): void {
        pending.note(written);
        lags.note(written);
      },
      JobExpired: pending.forget,
      // A check that fails before its request can leave is one all the same.
      ...onCheck(world, ({ jobId }) => checkedAt.set(jobId, world.now())),
    },
  };
}

/** One pass that skips nobody comes to every job, and so do eight that skip some. */
function completePasses(world: WorldView): Watcher {
  const turns = createTurns(world);
  const passes = createPasses(world);
  return {
    note: turns.note,
    judge: {
      CheckpointWritten(written) {
        const since = passes.completedBy(written)?.allSince;
        if (since === undefined) return;
        for (const [jobId, pendingSince] of turns.pending) {
          if (pendingSince > since) continue;
          // Whose own time comes when a sweep has just begun waits for the next.
          const ownTime = (world.job(jobId)?.notBefore ?? 0) + world.plan.skew + MINUTE;
          if (Math.max(turns.settledAt(jobId), ownTime) >= since) continue;
          return `${written.by.name} completed a pass that never came to job ${jobId}`;
        }
        return undefined;
      },
    },
  };
}

/** What the API tells of when a job was last checked; the index may have shown it only later. */
function truthfulTimes(world: WorldView): Watcher {
  const turns = createTurns(world);
  const tolerance = 2 * world.plan.skew;
  return {
    note: turns.note,
    judge: {
      CheckpointWritten({ after }) {
        for (const job of world.jobs()) {
          const told = lastCheckedAt(job, after) ?? 0;
          const since = turns.pending.get(job.jobId) ?? 0;
          const settledAt = turns.settledAt(job.jobId);
          if (told < since + tolerance || told <= settledAt + tolerance) continue;
          return `job ${job.jobId} is said to have been checked at ${isoTime(told)}`;
        }
        return undefined;
      },
    },
  };
}

/** How long (ms) somebody may have to wait for a turn while all is well. */
export function patienceWith(plan: Plan): number {
  const sweepsPerPass = Math.ceil(requestsOfPass(plan) / plan.checksPerMinute);
  const passes = sweepsPerPass > 1 ? MAX_INTERVAL + 1 : 2;
  return (passes * sweepsPerPass + 5) * MINUTE;
}

function noStarvation(world: WorldView): Watcher {
  const { plan } = world;
  const turns = createTurns(world);
  let wellSince = plan.calmFrom + 3 * MINUTE;
  const patience = patienceWith(plan);
  return {
    note: turns.note,
    judge: {
      CheckpointWritten({ after }) {
        if (after.pause) wellSince = Math.max(wellSince, world.now());
        if (world.now() - wellSince <= patience) return;
        for (const [jobId, since] of turns.pending) {
          const notBefore = world.job(jobId)?.notBefore ?? 0;
          const from = Math.max(wellSince, since, turns.checkedAt(jobId), notBefore);
          if (world.now() - from > patience) return `nobody asked about job ${jobId} for too long`;
        }
        return undefined;
      },
    },
  };
}

import { lastCheckedAt } from '../../../functions/api/use-cases/jobs.ts';
import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { MAX_INTERVAL } from '../../../functions/core/sweeps/schedule.ts';
import { isoTime, MINUTE } from '../../../functions/core/time.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { isLease } from './requests.ts';

/** What must hold for sweeps and passes. */
export const sweepInvariants: readonly Invariant[] = [
  {
    name: 'no sweep takes a lease that another holds',
    watch: () => ({ judge: { CheckpointWritten: leaseRespected } }),
  },
  {
    name: 'a sweep leaves nothing behind that is under way',
    watch: () => ({
      judge: {
        CalledLate: ({ by, what }) => `${by.name} had ended, and then called: ${what}`,
        Ended: nothingLeft,
      },
    }),
  },
  {
    name: 'once faults cease, no sweep fails',
    watch: (world) => ({ judge: { Ended: (happening) => whyNotCalm(world, happening) } }),
  },
  { name: 'a pass misses nobody', watch: completePasses },
  { name: 'once faults cease, no job starves', watch: noStarvation },
  { name: 'no check is told of that was not made', watch: truthfulTimes },
];

function leaseRespected({
  by,
  before,
  after,
}: HappeningOf<'CheckpointWritten'>): string | undefined {
  if (!isLease(before, after) || before?.leaseUntil === undefined) return;
  // The lease was read a little before it was written.
  if (before.leaseUntil <= (after.leaseUntil ?? 0) - MINUTE) return;
  return `${by.name} took the lease while another sweep held it`;
}

function nothingLeft({ by, end }: HappeningOf<'Ended'>): string | undefined {
  if (end.kind === 'Died' || by.pending() === 0) return;
  return `${by.name} ended with ${by.pending()} calls under way`;
}

function whyNotCalm(
  { plan, now }: WorldView,
  { by, end }: HappeningOf<'Ended'>,
): string | undefined {
  if (by.kind !== 'sweep' || now() < plan.calmFrom + 3 * MINUTE) return;
  if (end.kind === 'Died') return `${by.name} was not over within its 60 s`;
  return end.kind === 'Threw' ? `${by.name} threw ${String(end.error)}` : undefined;
}

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

/** One pass that skips nobody comes to every job, and so do eight that skip some. */
function completePasses(world: WorldView): Watcher {
  const pending = createPendingSince(world);
  const settled = new Map<string, number>();
  const starts: number[] = [];
  let passFrom: number | undefined;
  let leasedAt = 0;

  /** The sweep that completes a pass may have begun the next one. */
  function nextPassFrom({ passStartedAt }: Checkpoint): number | undefined {
    return passStartedAt && Math.max(leasedAt, passStartedAt - world.plan.skew);
  }

  return {
    note: {
      JobWritten: pending.note,
      JobExpired: pending.forget,
      Answered({ jobId }) {
        settled.set(jobId, world.now());
      },
    },
    judge: {
      CheckpointWritten({ by, before, after }) {
        if (isLease(before, after)) leasedAt = world.now();
        if (after.leaseUntil !== undefined) return;
        const from = passFrom ?? leasedAt;
        const isComplete = after.lastPassCompletedAt !== before?.lastPassCompletedAt;
        passFrom = isComplete ? nextPassFrom(after) : after.passStartedAt && from;
        if (!isComplete) return;
        starts.unshift(from);
        const hasSkippedSome = after.earlierPasses !== undefined;
        const since = hasSkippedSome ? starts[MAX_INTERVAL - 1] : from;
        for (const [jobId, pendingSince] of pending.since) {
          if (since === undefined || pendingSince > since) continue;
          // Whose own time comes when a sweep has just begun waits for the next.
          const ownTime = (world.job(jobId)?.notBefore ?? 0) + world.plan.skew + MINUTE;
          if (Math.max(settled.get(jobId) ?? 0, ownTime) >= since) continue;
          return `${by.name} completed a pass that never came to job ${jobId}`;
        }
        return undefined;
      },
    },
  };
}

/** What the API tells of when a job was last checked; the index may have shown it only later. */
function truthfulTimes(world: WorldView): Watcher {
  const pending = createPendingSince(world);
  const checkedAt = new Map<string, number>();
  const tolerance = 2 * world.plan.skew;
  return {
    note: {
      JobWritten: pending.note,
      JobExpired: pending.forget,
      // A check that fails before its request can leave is one all the same.
      Answered({ jobId }) {
        checkedAt.set(jobId, world.now());
      },
    },
    judge: {
      CheckpointWritten({ after }) {
        for (const job of world.jobs()) {
          const told = lastCheckedAt(job, after) ?? 0;
          const since = pending.since.get(job.jobId) ?? 0;
          const checked = checkedAt.get(job.jobId) ?? 0;
          if (told < since + tolerance || told <= checked + tolerance) continue;
          return `job ${job.jobId} is said to have been checked at ${isoTime(told)}`;
        }
        return undefined;
      },
    },
  };
}

function noStarvation(world: WorldView): Watcher {
  const { plan } = world;
  const pending = createPendingSince(world);
  const askedAt = new Map<string, number>();
  let wellSince = plan.calmFrom + 3 * MINUTE;
  const sweepsPerPass = Math.ceil(plan.jobs.length / plan.checksPerMinute);
  const passes = sweepsPerPass > 1 ? MAX_INTERVAL + 1 : 2;
  const patience = (passes * sweepsPerPass + 5) * MINUTE;
  return {
    note: {
      JobWritten: pending.note,
      JobExpired: pending.forget,
      Asked({ jobId }) {
        askedAt.set(jobId, world.now());
      },
    },
    judge: {
      CheckpointWritten({ after }) {
        if (after.pause) wellSince = Math.max(wellSince, world.now());
        if (world.now() - wellSince <= patience) return;
        for (const [jobId, since] of pending.since) {
          const notBefore = world.job(jobId)?.notBefore ?? 0;
          const from = Math.max(wellSince, since, askedAt.get(jobId) ?? 0, notBefore);
          if (world.now() - from > patience) return `nobody asked about job ${jobId} for too long`;
        }
        return undefined;
      },
    },
  };
}

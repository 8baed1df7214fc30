import { MINUTE } from '../../../functions/core/durations.ts';
import { isTerminal } from '../../../functions/core/states.ts';
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
function createPendingSince(world: WorldView) {
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

function completePasses(world: WorldView): Watcher {
  const pending = createPendingSince(world);
  const settled = new Map<string, number>();
  let passFrom: number | undefined;
  let leasedAt = 0;
  return {
    note: {
      JobWritten: pending.note,
      JobExpired: pending.forget,
      Answered({ jobId, answer }) {
        if (answer?.kind !== 'RateLimited') settled.set(jobId, world.now());
      },
    },
    judge: {
      CheckpointWritten({ by, before, after }) {
        if (isLease(before, after)) leasedAt = world.now();
        if (after.leaseUntil !== undefined) return;
        const from = passFrom ?? leasedAt;
        const isComplete = after.lastPassCompletedAt !== before?.lastPassCompletedAt;
        passFrom = isComplete || after.passStartedAt === undefined ? undefined : from;
        if (!isComplete) return;
        for (const [jobId, since] of pending.since) {
          if (since <= from && (settled.get(jobId) ?? 0) < from) {
            return `${by.name} completed a pass that never came to job ${jobId}`;
          }
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
  const patience = (2 * Math.ceil(plan.jobs.length / plan.checksPerMinute) + 5) * MINUTE;
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
          const from = Math.max(wellSince, since, askedAt.get(jobId) ?? 0);
          if (world.now() - from > patience) return `nobody asked about job ${jobId} for too long`;
        }
        return undefined;
      },
    },
  };
}

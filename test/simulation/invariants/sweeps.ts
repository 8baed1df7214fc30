import { MINUTE } from '../../../functions/core/durations.ts';
import { isTerminal } from '../../../functions/core/states.ts';
import type { Happening } from '../happenings.ts';
import type { Invariant, WorldView } from './invariant.ts';
import { isLease } from './requests.ts';

/** What must hold for sweeps and passes. */
export const sweepInvariants: readonly Invariant[] = [
  { name: 'no sweep takes a lease that another holds', watch: () => ({ see: leaseRespected }) },
  { name: 'a sweep leaves nothing behind that is under way', watch: () => ({ see: nothingLeft }) },
  { name: 'once faults cease, no sweep fails', watch: (world) => ({ see: calmSweep(world) }) },
  { name: 'a pass misses nobody', watch: completePasses },
  { name: 'once faults cease, no job starves', watch: noStarvation },
];

function leaseRespected(happening: Happening): string | undefined {
  if (happening.kind !== 'CheckpointWritten') return;
  const { by, before, after } = happening;
  if (!isLease(before, after) || before?.leaseUntil === undefined) return;
  // The lease was read a little before it was written.
  if (before.leaseUntil <= (after.leaseUntil ?? 0) - MINUTE) return;
  return `${by.name} took the lease while another sweep held it`;
}

function nothingLeft(happening: Happening): string | undefined {
  const { kind, by } = happening;
  if (kind === 'CalledLate') return `${by.name} had ended, and then called: ${happening.what}`;
  if (kind !== 'Ended' || happening.end.kind === 'Died' || by.pending === 0) return;
  return `${by.name} ended with ${by.pending} calls under way`;
}

function calmSweep({ plan, now }: WorldView) {
  return (happening: Happening): string | undefined => {
    const { kind, by } = happening;
    if (kind !== 'Ended' || by.kind !== 'sweep' || now() < plan.calmFrom + 3 * MINUTE) return;
    const { end } = happening;
    if (end.kind === 'Died') return `${by.name} was not over within its 60 s`;
    return end.kind === 'Threw' ? `${by.name} threw ${String(end.error)}` : undefined;
  };
}

/** Since when jobs are pending, as far as the index may know. ms since the epoch. */
function createPendingSince(world: WorldView) {
  const since = new Map<string, number>();
  return {
    since,
    see(happening: Happening): void {
      if (happening.kind !== 'JobWritten') return;
      const { before, after } = happening;
      const wasPending = before !== undefined && !isTerminal(before.state);
      if (isTerminal(after.state)) since.delete(after.jobId);
      else if (!wasPending) since.set(after.jobId, world.now() + world.plan.indexLag);
    },
  };
}

function completePasses(world: WorldView) {
  const pending = createPendingSince(world);
  const settled = new Map<string, number>();
  let passFrom: number | undefined;
  let leasedAt = 0;
  return {
    see(happening: Happening): string | undefined {
      pending.see(happening);
      if (happening.kind === 'Answered' && happening.answer?.kind !== 'RateLimited') {
        settled.set(happening.jobId, world.now());
      }
      if (happening.kind !== 'CheckpointWritten') return;
      const { before, after, by } = happening;
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
  };
}

function noStarvation(world: WorldView) {
  const { plan } = world;
  const pending = createPendingSince(world);
  const askedAt = new Map<string, number>();
  let wellSince = plan.calmFrom + 3 * MINUTE;
  const patience = (2 * Math.ceil(plan.jobs.length / plan.checksPerMinute) + 5) * MINUTE;
  return {
    see(happening: Happening): string | undefined {
      pending.see(happening);
      if (happening.kind === 'Asked') askedAt.set(happening.jobId, world.now());
      if (happening.kind !== 'CheckpointWritten') return;
      if (happening.after.pause) wellSince = Math.max(wellSince, world.now());
      for (const [jobId, since] of pending.since) {
        const from = Math.max(wellSince, since, askedAt.get(jobId) ?? 0);
        if (world.now() - from > patience) return `nobody asked about job ${jobId} for too long`;
      }
      return undefined;
    },
  };
}

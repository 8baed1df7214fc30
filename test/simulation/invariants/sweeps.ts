import { placeOf } from '../../../functions/core/jobs/job.ts';
import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { lastCheckedAt } from '../../../functions/core/sweeps/pass.ts';
import { MAX_INTERVAL } from '../../../functions/core/sweeps/schedule.ts';
import { isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { type Plan, requestsOfPass } from '../plan/plan.ts';
import { onCheck } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { isLease, onRequest } from './requests.ts';

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
  {
    name: 'only a sweep of the schedule asks for follow-ups, with jobs pending, no pause and room for them',
    watch: followUpsKept,
  },
  { name: 'no follow-up holds the lease when its minute is over', watch: wayIsFree },
  {
    name: 'no follow-up begins requests when its minute is over',
    watch: (world) => ({ judge: onRequest((request) => whyTooLate(world, request)) }),
  },
];

function leaseRespected({
  by,
  before,
  after,
}: HappeningOf<'CheckpointWritten'>): string | undefined {
  if (!isLease(before, after) || before?.leaseUntil === undefined) return;
  // The lease was read a little before it was written.
  if (before.leaseUntil <= (after.leasedAt ?? 0)) return;
  return `${by.name} took the lease while another sweep held it`;
}

/** By the checkpoint that the sweep left: it asks when it has let go of the lease. */
function followUpsKept(world: WorldView): Watcher {
  const { plan } = world;
  const left = new Map<Invocation, Checkpoint>();
  return {
    note: {
      CheckpointWritten({ by, after }) {
        left.set(by, after);
      },
    },
    judge: {
      FollowUpsSent({ by, delays, until }) {
        const checkpoint = left.get(by);
        const { leaseUntil, pause, budget = 0 } = checkpoint ?? {};
        const { pendingSeen = 0, lastPassPending = 0 } = checkpoint ?? {};
        const asked = `${by.name} asked for follow-ups`;
        if (by.until !== undefined) return `${asked}, and is one`;
        if (leaseUntil !== undefined) return `${asked} while it held the lease`;
        if (pause) return `${asked} in a pause`;
        // A pass that waits for a list at its beginning counts none of those behind it; and what the
        // sweep checked may have been cancelled since.
        const lately = world.now() - 2 * MINUTE;
        const isAnyPending =
          pendingSeen + lastPassPending > 0 ||
          [...world.jobs()].some(({ endedAt }) => endedAt === undefined || endedAt > lately);
        if (!isAnyPending) return `${asked} with nothing pending`;
        if (delays.length > budget) return `${asked} with a budget of ${budget}`;
        if (delays.length > MINUTE / plan.checkEvery - 1) return `${asked} too often`;
        const isWithin = until <= by.time.now() + MINUTE;
        return isWithin ? undefined : `${asked} until ${isoTime(until)}`;
      },
    },
  };
}

/** What a follow-up leaves on record when it dies must be no lease by then, or a minute would be lost. */
function wayIsFree({ plan }: WorldView): Watcher {
  let holder: Invocation | undefined;
  let leaseUntil = 0;
  return {
    note: {
      CheckpointWritten({ by, before, after }) {
        if (isLease(before, after)) holder = by;
        leaseUntil = after.leaseUntil ?? 0;
      },
    },
    judge: {
      Ended({ by, end }) {
        if (end.kind !== 'Returned' || end.report?.outcome !== 'LeaseHeld') return;
        const over = holder?.until ?? Number.POSITIVE_INFINITY;
        const isHeld = leaseUntil > by.time.now() && by.time.now() > over + 2 * plan.skew;
        return isHeld ? `${by.name} found the lease held by ${holder?.name}` : undefined;
      },
    },
  };
}

/** What it asked in time may arrive a little later: by the clock of its process, which may be frozen. */
function whyTooLate(
  { plan, now }: WorldView,
  { by }: { readonly by: Invocation },
): string | undefined {
  const slow = plan.rates['slow call'] > 0 ? 15 * SECOND : SECOND;
  if (plan.rates['process frozen'] > 0 && now() < plan.calmFrom + 2 * MINUTE) return;
  const isInTime = by.until === undefined || by.time.now() <= by.until + slow;
  return isInTime ? undefined : `${by.name} asks after ${isoTime(by.until ?? 0)}`;
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

/**
 * Until when the index may show a job in neither of its places, because its iModel has just adopted it
 * (ms since the epoch).
 */
function createMoves(world: WorldView) {
  const until = new Map<string, number>();
  return {
    until: (jobId: string) => until.get(jobId) ?? 0,
    note({ before, after }: HappeningOf<'JobWritten'>): void {
      if (before && placeOf(before) !== placeOf(after))
        until.set(after.jobId, world.now() + MINUTE);
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

/** One pass that skips nobody comes to every job, and so do eight that skip some. */
function completePasses(world: WorldView): Watcher {
  const pending = createPendingSince(world);
  const passes = createPasses(world);
  const settled = new Map<string, number>();
  const moves = createMoves(world);
  return {
    note: {
      JobWritten(written) {
        pending.note(written);
        moves.note(written);
      },
      JobExpired: pending.forget,
      ...onCheck(world, ({ jobId }) => settled.set(jobId, world.now())),
    },
    judge: {
      CheckpointWritten(written) {
        const since = passes.completedBy(written)?.allSince;
        if (since === undefined) return;
        for (const [jobId, pendingSince] of pending.since) {
          if (pendingSince > since) continue;
          // Whose own time comes when a sweep has just begun waits for the next.
          const ownTime = (world.job(jobId)?.notBefore ?? 0) + world.plan.skew + MINUTE;
          if (Math.max(settled.get(jobId) ?? 0, ownTime, moves.until(jobId)) >= since) continue;
          return `${written.by.name} completed a pass that never came to job ${jobId}`;
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
  const moves = createMoves(world);
  const tolerance = 2 * world.plan.skew;
  return {
    note: {
      JobWritten(written) {
        pending.note(written);
        moves.note(written);
      },
      JobExpired: pending.forget,
      // A check that fails before its request can leave is one all the same.
      ...onCheck(world, ({ jobId }) => checkedAt.set(jobId, world.now())),
    },
    judge: {
      CheckpointWritten({ after }) {
        for (const job of world.jobs()) {
          const told = lastCheckedAt(job, after) ?? 0;
          const since = pending.since.get(job.jobId) ?? 0;
          const checked = Math.max(checkedAt.get(job.jobId) ?? 0, moves.until(job.jobId));
          if (told < since + tolerance || told <= checked + tolerance) continue;
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
  const pending = createPendingSince(world);
  const askedAt = new Map<string, number>();
  let wellSince = plan.calmFrom + 3 * MINUTE;
  const patience = patienceWith(plan);
  return {
    note: {
      JobWritten: pending.note,
      JobExpired: pending.forget,
      ...onCheck(world, ({ jobId }) => askedAt.set(jobId, world.now())),
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

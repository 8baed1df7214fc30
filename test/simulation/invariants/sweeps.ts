import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { isLease, onRequest } from './requests.ts';

/** What must hold for sweeps. */
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
      FollowUpsAsked({ by, delays, until }) {
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

import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { requestsOfPass } from '../plan/plan.ts';
import { valuesOf } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for the sweeps within a minute. */
export const followUpInvariants: readonly Invariant[] = [
  {
    name: 'who leaves runs pending, and room to ask about them, is followed within its minute',
    watch: followed,
  },
];

/** What is known of a sweep of the schedule that is under way. */
interface Begun {
  /** By its own clock (ms since the epoch). */
  readonly at: number;
  /** The checkpoint that it wrote last. */
  left?: Checkpoint;
  hasAsked: boolean;
  /** One that is limited for itself, and ends by that, counts as ended and not as checked. */
  isLimited: boolean;
  /** Runs that it put on record. */
  found: number;
}

function followed(world: WorldView): Watcher {
  const { plan } = world;
  const begun = new Map<Invocation, Begun>();
  const seen = new Map<Invocation, Set<string>>();
  const room = plan.checksPerMinute - requestsOfPass(plan);

  function whyNotFollowed(
    by: Invocation,
    { at, left, hasAsked, isLimited }: Begun,
  ): string | undefined {
    // The first of them begins half a minute after the sweep at the latest.
    const isOnItsWay = by.time.now() - at < MINUTE / 2 - MARGIN;
    const hasRoom = left && !left.pause && left.leaseUntil === undefined && hasBudget(left);
    // How many are pending is not known before a pass has come by them all.
    if (hasAsked || isLimited || !isOnItsWay || !hasRoom || left.passStartedAt !== undefined)
      return undefined;
    const jobId = [...valuesOf(seen, by)].find(
      (id) => !isTerminal(world.job(id)?.state ?? 'Failed'),
    );
    return jobId && `${by.name} left job ${jobId} pending, and asked for no sweep to follow`;
  }

  /** As much as asks about everything that there is, and leaves what logs need. */
  function hasBudget({ budget }: Checkpoint): boolean {
    return budget >= plan.checksPerMinute - room + Math.max(3, plan.checksPerMinute / 10 + 1);
  }

  return {
    note: {
      // Whom a list speaks of it may not have come by.
      Answered({ by, jobId, answer }) {
        if (answer?.kind === 'Status') valuesOf(seen, by).add(jobId);
        const sweep = begun.get(by);
        if (sweep && answer?.kind === 'RateLimited') sweep.isLimited = true;
      },
      Began({ by }) {
        const isCounted = by.kind === 'sweep' && by.until === undefined && plan.checkEvery < MINUTE;
        if (isCounted)
          begun.set(by, { at: by.time.now(), hasAsked: false, isLimited: false, found: 0 });
      },
      JobWritten({ by, before, after }: HappeningOf<'JobWritten'>) {
        const sweep = begun.get(by);
        if (!sweep || before !== undefined) return;
        sweep.found += 1;
        valuesOf(seen, by).add(after.jobId);
      },
      CheckpointWritten({ by, after }) {
        const sweep = begun.get(by);
        if (sweep) sweep.left = after;
      },
      FollowUpsAsked({ by }) {
        const sweep = begun.get(by);
        if (sweep) sweep.hasAsked = true;
      },
    },
    judge: {
      Ended({ by, end }) {
        const sweep = begun.get(by);
        begun.delete(by);
        const { outcome, errors, runsFound } = (end.kind === 'Returned' && end.report) || {};
        // Of a run that was put on record, and no answer said so, it knows nothing.
        const isWell = outcome === 'Completed' && errors === 0 && runsFound === sweep?.found;
        const why = sweep && isWell ? whyNotFollowed(by, sweep) : undefined;
        seen.delete(by);
        return why;
      },
    },
  };
}

/** Half a second of rounding, and what a call may take. */
const MARGIN = MINUTE / 60;

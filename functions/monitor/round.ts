import type { Checkpoint } from '../core/checkpoint.ts';
import { NO_ANSWERS, type Tally } from '../core/evidence.ts';
import { continuePass, hasSkipped, type PassPart, planPass } from '../core/pass.ts';
import { createPendingJobs, type PendingJobs, type PendingJobsParts } from './pending-jobs.ts';
import type { SettledKeys } from './settled-keys.ts';
import type { SweepContext, SweepSettings } from './sweep-context.ts';
import { type WalkParts, walk } from './walk.ts';

/** How much of the budget is left alone until it is known which runs have ended and how. */
const LEFT_TO_LOGS = 0.1;

/** What a sweep walks of one pass. */
interface Leg {
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly pending: PendingJobs;
  /** How the previously seen jobs of this leg and those before it answered. */
  tally: Tally;
}

/** Where a sweep went. */
export interface Round {
  /** On with the pass under way, and perhaps on into the next one. */
  readonly legs: readonly Leg[];
  /** Whether every pending job was asked about in the pass that the sweep went on with. */
  readonly areAllAsked: boolean;
}

/**
 * Goes round the pending jobs, once at most: on with the pass under way and, when that comes to its
 * end with budget left, on with the next one up to where the sweep began. Where there are more jobs
 * than budget, the last tenth of it is there for the logs of runs that turn out to have failed, and
 * only then for more checks.
 */
export async function goRound(
  context: SweepContext,
  { checksPerMinute, concurrency }: SweepSettings,
  found: Checkpoint,
  parts: WalkParts & PendingJobsParts,
): Promise<Round> {
  const { gate, judge } = parts;
  const { now } = context.time;
  const { after: start } = found;

  function setOut(checkpoint: Checkpoint, until?: string): Leg {
    const plan = planPass(checkpoint, checksPerMinute);
    const { after } = checkpoint;
    const pending = createPendingJobs(context, parts, { plan, after, until });
    return { startedAt: now(), pending, tally: judge.tally };
  }

  async function walkOn(leg: Leg, leave: number): Promise<void> {
    await walk(context, parts, leg.pending.admitted(leave), concurrency);
    leg.tally = judge.tally;
  }

  const first = setOut(found);
  let second: Leg | undefined;
  for (const leave of [Math.ceil(gate.left * LEFT_TO_LOGS), 0]) {
    await walkOn(second ?? first, leave);
    const isOver = first.pending.isExhausted && !gate.isClosed;
    if (second || !isOver || start === undefined || gate.left - leave < 1) continue;
    const passed = continuePass(found, partOf(first, first.pending.visits.length), now());
    second = setOut(passed, start);
    await walkOn(second, leave);
  }
  const { isExhausted, visits } = first.pending;
  const hasAskedAll = !hasSkipped(found.tally) && visits.every(({ isDue }) => isDue);
  return {
    legs: second ? [first, second] : [first],
    areAllAsked: isExhausted && !gate.isClosed && hasAskedAll,
  };
}

/** What the round adds to each pass, as far as its keys are settled. */
export function settledParts({ legs }: Round, keys: SettledKeys): PassPart[] {
  const parts: PassPart[] = [];
  let left = keys.count;
  let before: Tally = NO_ANSWERS;
  for (const leg of legs) {
    const part = partOf(leg, Math.min(left, leg.pending.visits.length), keys.last, before);
    parts.push(part);
    // A pass that is not over goes on where it was, whatever was checked beyond its end.
    if (!part.isPassComplete) break;
    left -= part.settled.length;
    before = leg.tally;
  }
  return parts;
}

function partOf(
  { startedAt, pending: { visits, isExhausted }, tally }: Leg,
  settled: number,
  last?: string,
  before: Tally = NO_ANSWERS,
): PassPart {
  return {
    startedAt,
    ...(settled > 0 && last !== undefined && { last }),
    settled: visits.slice(0, settled),
    isPassComplete: isExhausted && settled === visits.length,
    tally: { alive: tally.alive - before.alive, missing: tally.missing - before.missing },
  };
}

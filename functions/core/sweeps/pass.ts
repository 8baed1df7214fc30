import { omit } from '../objects.ts';
import type { Checkpoint } from './checkpoint.ts';
import { NO_ANSWERS, type PassTally, type Tally } from './faults.ts';
import { type ByAge, countAges, NO_RUNS } from './run-lengths.ts';
import { jobsPerCheck, MAX_STRIDE, type PassPlan, planStrides, type Visit } from './schedule.ts';

/** What one sweep adds to one pass. */
export interface PassPart {
  /** ms since the epoch. */
  readonly startedAt: number;
  /** The last key such that every key up to it is settled; absent when not one is. */
  readonly last?: string;
  /** The jobs up to `last`. */
  readonly settled: readonly Visit[];
  readonly isPassComplete: boolean;
  /** How the previously seen jobs of this part answered. */
  readonly tally: Tally;
}

/** The checkpoint with one more part of a pass in it (`now`: ms since the epoch). */
export function continuePass(checkpoint: Checkpoint, part: PassPart, now: number): Checkpoint {
  const passStartedAt = checkpoint.passStartedAt ?? part.startedAt;
  const pendingSeen = checkpoint.pendingSeen + part.settled.length;
  const pendingByAge = byAgeWith(checkpoint.pendingByAge, part.settled);
  const tally = tallyWith(checkpoint.tally, part);
  const after = part.last ?? checkpoint.after;
  const standing = omit(checkpoint, 'after', 'passStartedAt');
  if (!part.isPassComplete) {
    const place = { ...(after !== undefined && { after }), passStartedAt };
    return { ...standing, ...place, pendingSeen, pendingByAge, tally };
  }
  return {
    ...omit(standing, 'pendingByAge', 'earlierPasses'),
    ...(hasSkipped(tally) && { earlierPasses: passesBefore(checkpoint) }),
    pass: (checkpoint.pass ?? 0) + 1,
    lastPassStartedAt: passStartedAt,
    lastPassCompletedAt: now,
    lastPassPending: pendingSeen,
    lastPassByAge: pendingByAge,
    lastPassTally: tally,
    pendingSeen: 0,
    tally: NO_ANSWERS,
  };
}

/** Whom the pass under way checks, or the next one. */
export function planPass(checkpoint: Checkpoint, checksPerMinute: number): PassPlan {
  const { pass = 0, runLengths = NO_RUNS, lastPassByAge = [] } = checkpoint;
  const strides = planStrides(runLengths, lastPassByAge, checksPerMinute);
  return { pass, strides, jobsPerCheck: jobsPerCheck(lastPassByAge, strides) };
}

/** Whether a pass has left out jobs whose turn it was not. */
export function hasSkipped({ skipped = 0 }: PassTally): boolean {
  return skipped > 0;
}

/** When the completed passes started that between them checked every job, newest first. */
export function completedPasses({
  lastPassStartedAt,
  earlierPasses = [],
}: Checkpoint): readonly number[] {
  return lastPassStartedAt === undefined ? [] : [lastPassStartedAt, ...earlierPasses];
}

/** Counting a pass that is complete now, these are enough for every job to have had its turn. */
function passesBefore(checkpoint: Checkpoint): readonly number[] {
  return completedPasses(checkpoint).slice(0, MAX_STRIDE - 1);
}

function byAgeWith(counts: ByAge = [], visits: readonly Visit[]): ByAge {
  return countAges(
    counts,
    visits.map(({ ageClass }) => ageClass),
  );
}

function tallyWith(tally: PassTally, { tally: more, settled }: PassPart): PassTally {
  const skipped = (tally.skipped ?? 0) + settled.filter(({ isDue }) => !isDue).length;
  return {
    alive: tally.alive + more.alive,
    missing: tally.missing + more.missing,
    ...(skipped > 0 && { skipped }),
  };
}

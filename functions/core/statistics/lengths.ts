import { DAY, SECOND } from '../time.ts';

/**
 * How many runs took how long, in classes of which each is a fourth of an octave: class `n` begins at
 * `2^(n/4)` s. What is absent is 0, so that a group of runs that are alike takes a few dozen bytes.
 */
export type LengthCounts = Readonly<Record<string, number>>;

/** Classes in which a length doubles. */
const PER_DOUBLING = 4;

/** The longest watch, and the day more that an overdue one may last. */
const LONGEST = 8 * DAY;

/** By which share a quantile of classes may be off the exact one, of runs of 1 s to 8 days: 9.1 %. */
export const QUANTILE_ERROR = 2 ** (1 / (2 * PER_DOUBLING)) - 1;

/** The class of a length (ms). Shorter than 1 s counts as 1 s. */
export function lengthClass(length: number): number {
  const seconds = Math.min(Math.max(length, SECOND), LONGEST) / SECOND;
  return Math.floor(PER_DOUBLING * Math.log2(seconds));
}

/** The counts with one more length (ms). */
export function countLength(counts: LengthCounts, length: number): LengthCounts {
  const key = lengthClass(length);
  return { ...counts, [key]: (counts[key] ?? 0) + 1 };
}

/** The counts of several groups of runs together. */
export function mergeCounts(all: readonly LengthCounts[]): LengthCounts {
  const sum: Record<string, number> = {};
  for (const [key, count] of all.flatMap(Object.entries<number>))
    sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

/** How many runs were counted. */
export function countOf(counts: LengthCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * The length (ms) that a share of the runs (0 to 1) did not exceed, by nearest rank: the middle of the
 * class in which the exact one is, see `QUANTILE_ERROR`; undefined of no runs.
 */
export function quantile(counts: LengthCounts, share: number): number | undefined {
  const rank = share * countOf(counts);
  let before = 0;
  const classes = Object.entries(counts).sort(([a], [b]) => Number(a) - Number(b));
  const found = classes.find(([, count]) => {
    before += count;
    return count > 0 && before >= rank;
  });
  return found && SECOND * 2 ** ((Number(found[0]) + 0.5) / PER_DOUBLING);
}

import { MINUTE } from './durations.ts';

/** Counts of jobs by age class; what is absent is 0. */
export type ByAge = readonly number[];

/** Enough for the longest watch: 10,080 min, and the day at most that an overdue one may last. */
export const AGE_CLASSES = 14;

/**
 * The class that an age (ms) falls into. Class `n` begins at `2^n - 1` minutes and is `2^n` minutes
 * wide, but for the last, which has no end.
 */
export function ageClass(age: number): number {
  const octave = Math.floor(Math.log2(1 + Math.max(0, age) / MINUTE));
  return Math.min(AGE_CLASSES - 1, octave);
}

/** How wide an age class is, in minutes. */
export function widthOf(ageClass: number): number {
  return 2 ** ageClass;
}

/** Counts with some more in them. */
export function countAges(counts: ByAge, ageClasses: readonly number[]): ByAge {
  const sum = Array.from({ length: AGE_CLASSES }, (_, n) => counts[n] ?? 0);
  for (const n of ageClasses) sum[n] = (sum[n] ?? 0) + 1;
  return sum;
}

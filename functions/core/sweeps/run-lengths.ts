import type { Job } from '../jobs/job.ts';
import { isEndedByMonitor } from '../jobs/states.ts';
import { MINUTE } from '../time.ts';

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

/**
 * How old jobs were when their watch was over: what this deployment has learned of its runs. That is
 * later than the end of a run by the time that it waited for a check, and so it should be: a pending
 * job that may be over already is worth a check as much as one that is about to end.
 */
export interface RunLengths {
  /** Jobs whose run was found to have ended. */
  readonly ended: ByAge;
  /** Jobs that the monitor gave up: their run lasted so long at least. */
  readonly givenUp: ByAge;
}

/** What is known before any run has ended. */
export const NO_RUNS: RunLengths = { ended: [], givenUp: [] };

/** From so many jobs on, each counts half as much: runs of long ago say little of those of today. */
const MEMORY = 1_000;

/** Nothing is believed of an age before more than a few runs have said so. */
const DOUBT = 3;

/** The run lengths, a job that has ended included. */
export function learn(
  { ended, givenUp }: RunLengths,
  job: Pick<Job, 'state' | 'registeredAt' | 'endedAt'>,
): RunLengths {
  const age = ageClass((job.endedAt ?? job.registeredAt) - job.registeredAt);
  const isGivenUp = isEndedByMonitor(job.state);
  const runs = {
    ended: countAges(ended, isGivenUp ? [] : [age]),
    givenUp: countAges(givenUp, isGivenUp ? [age] : []),
  };
  const isFull = total(runs.ended) + total(runs.givenUp) >= MEMORY;
  return isFull ? { ended: halved(runs.ended), givenUp: halved(runs.givenUp) } : runs;
}

/**
 * The hazard by age class: how many of the jobs that are pending at this age are found to have ended
 * in a minute. An actuarial life table, where each job was under watch through all classes before its
 * last and half of that; and `DOUBT` ends more in each class, at the rate of all classes together, so
 * that few runs do not say much. 1 for every class while not one run has ended.
 *
 * @see https://en.wikipedia.org/wiki/Life_table
 */
export function hazards({ ended, givenUp }: RunLengths): number[] {
  const watched: number[] = [];
  let older = 0;
  for (let n = AGE_CLASSES - 1; n >= 0; n -= 1) {
    const left = (ended[n] ?? 0) + (givenUp[n] ?? 0);
    watched[n] = (older + left / 2) * widthOf(n);
    older += left;
  }
  const mean = total(ended) / total(watched);
  if (!(mean > 0)) return watched.map(() => 1);
  return watched.map((minutes, n) => ((ended[n] ?? 0) + DOUBT) / (minutes + DOUBT / mean));
}

function total(counts: ByAge): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function halved(counts: ByAge): ByAge {
  return counts.map((count) => Math.floor(count / 2));
}

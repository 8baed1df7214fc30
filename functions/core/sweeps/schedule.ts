import type { WatchedIModel } from '../imodels/imodel.ts';
import { isReminderDue, isTroubled, type Job, owedAlerts, type WatchedJob } from '../jobs/job.ts';
import { isEndedByMonitor } from '../jobs/states.ts';
import { isAhead, MINUTE } from '../time.ts';
import { MAX_WAIT } from './pause.ts';

/** Something that sweeps come by: a job that is pending, or an iModel whose runs are to be listed. */
export type PendingEntry = WatchedJob | WatchedIModel;

/** Whether it is a job. */
export function isPendingJob(entry: PendingEntry): entry is WatchedJob {
  return 'jobId' in entry;
}

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

/** Every pending job is checked once in so many passes at least. */
export const MAX_INTERVAL = 8;

/** By age class: jobs of this age are checked once in so many passes (1, 2, 4 or 8). */
export type Intervals = readonly number[];

/** Every job is checked in every pass. */
export const EVERY_PASS: Intervals = Array.from({ length: AGE_CLASSES }, () => 1);

/** Whom a pass checks. */
export interface PassPlan {
  /** The number of the pass. */
  readonly pass: number;
  readonly intervals: Intervals;
  /** How many jobs it comes by for each that it checks, as far as that is known. */
  readonly jobsPerCheck: number;
}

/** What a pass has to do with a job that it comes by. */
export interface Turn {
  readonly ageClass: number;
  /** Whether it is checked; if not, it is done without. */
  readonly isDue: boolean;
  /** A list speaks of it: it costs no request of its own. */
  readonly isListed?: true;
  /** It is no job, but an iModel whose runs are to be listed: always its turn. */
  readonly isList?: true;
  /** Upstream does not want to be asked about the run yet, whosever turn it is. */
  readonly isWaiting?: true;
}

/**
 * Whether a pass checks a job. The job id says which of the passes are its own, so that those of one
 * age are spread evenly; and all intervals being powers of two, one pass in `MAX_INTERVAL` checks it
 * whatever the intervals were meanwhile. What has gone wrong or is due by the clock waits for no turn.
 * Nobody is checked before the time that upstream wants to be asked about the run again.
 *
 * @param now ms since the epoch
 */
export function turnOf(
  job: WatchedJob,
  { pass, intervals }: Pick<PassPlan, 'pass' | 'intervals'>,
  now: number,
): Turn {
  const age = ageClass(now - job.registeredAt);
  if (isAhead(job.notBefore, now, MAX_WAIT))
    return { ageClass: age, isDue: false, isWaiting: true };
  const isTurn = (pass + phaseOf(job.jobId)) % (intervals[age] ?? 1) === 0;
  return { ageClass: age, isDue: isTurn || isUrgent(job, now) };
}

/** Whether a pass checks a job for certain, at whatever age. */
export function hasTurn(jobId: string, pass: number): boolean {
  return (pass + phaseOf(jobId)) % MAX_INTERVAL === 0;
}

function isUrgent(job: WatchedJob, now: number): boolean {
  const isDueByTime = now >= job.timeoutAt || isReminderDue(job, now);
  return isTroubled(job) || isDueByTime || owedAlerts(job).length > 0;
}

function phaseOf(jobId: string): number {
  let sum = 0;
  for (let i = 0; i < jobId.length; i += 1) sum += jobId.charCodeAt(i);
  return sum % MAX_INTERVAL;
}

/**
 * The intervals that tell soonest of the runs that end. With more pending jobs than budget, the mean
 * delay is least when each job is checked at a rate proportional to the square root of its hazard;
 * intervals come as close to that as powers of two do. How far apart they have to be depends on the
 * load, and a pass never takes less than a minute: so every scale is tried, and the first counts that
 * promises the least delay. With room in the budget, or while nothing is known of the runs, that is
 * to check every job in every pass.
 *
 * @param pending the pending jobs that the last pass came by
 * @param checksPerMinute the budget
 */
export function planIntervals(
  runs: RunLengths,
  pending: ByAge,
  checksPerMinute: number,
): Intervals {
  if (checksOf(pending, EVERY_PASS) <= checksPerMinute) return EVERY_PASS;
  const hazard = hazards(runs);
  const delayWith = (intervals: Intervals) => {
    const waiting = sum((n) => (pending[n] ?? 0) * (hazard[n] ?? 0) * (intervals[n] ?? 1));
    return waiting * Math.max(1, checksOf(pending, intervals) / checksPerMinute);
  };
  const scales = hazard.flatMap((rate) => [1, 2, 4].map((n) => n * JUST_OVER * Math.sqrt(rate)));
  let best = EVERY_PASS;
  for (const scale of scales.sort((a, b) => a - b)) {
    const intervals = hazard.map((rate) => nearestInterval(scale / Math.sqrt(rate)));
    if (delayWith(intervals) < delayWith(best)) best = intervals;
  }
  return best;
}

/** How many of these jobs a pass with these intervals comes by for each that it checks. */
export function jobsPerCheck(pending: ByAge, intervals: Intervals): number {
  const checks = checksOf(pending, intervals);
  return checks > 0 ? checksOf(pending, EVERY_PASS) / checks : 1;
}

function checksOf(pending: ByAge, intervals: Intervals): number {
  return sum((n) => (pending[n] ?? 0) / (intervals[n] ?? 1));
}

/** √2 and a little: where an interval gives way to the one twice as long. */
const JUST_OVER = 1.42;

function nearestInterval(passes: number): number {
  return Math.min(MAX_INTERVAL, Math.max(1, 2 ** Math.round(Math.log2(passes))));
}

function sum(of: (ageClass: number) => number): number {
  return EVERY_PASS.reduce((total, _, n) => total + of(n), 0);
}

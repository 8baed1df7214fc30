import { isReminderDue, isTroubled, owedAlerts, type WatchedJob } from '../jobs/job.ts';
import { AGE_CLASSES, ageClass, type ByAge, hazards, type RunLengths } from './run-lengths.ts';

/** Every pending job is checked once in so many passes at least. */
export const MAX_INTERVAL = 8;

/** By age class: jobs of this age are checked in every so manieth pass (1, 2, 4 or 8). */
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
  if (now < (job.notBefore ?? 0)) return { ageClass: age, isDue: false, isWaiting: true };
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

/** √2 and a little: where a interval gives way to the one twice as long. */
const JUST_OVER = 1.42;

function nearestInterval(passes: number): number {
  return Math.min(MAX_INTERVAL, Math.max(1, 2 ** Math.round(Math.log2(passes))));
}

function sum(of: (ageClass: number) => number): number {
  return EVERY_PASS.reduce((total, _, n) => total + of(n), 0);
}

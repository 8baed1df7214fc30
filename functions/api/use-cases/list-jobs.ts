import type { Job } from '../../core/jobs/job.ts';
import type { JobFilter } from '../../core/jobs/job-filter.ts';
import type { ListableJobStore, ListPosition, TimeSource } from '../../core/ports.ts';
import { isoTime, monthBefore, monthOf } from '../../core/time.ts';

/**
 * How many months before the current one may hold jobs. A job is watched for about a week and stays
 * on record for 90 days after its end, so there are jobs of five months as a rule. Only one that was
 * pending through most of a year without sweeps is older: it is not listed, but still there.
 */
const MONTHS_BACK = 12;

/** How many pages one request reads at the most, besides those that end a month. */
const MAX_PAGES = 5;

/** Which part of the list is asked for. */
export interface ListRequest extends JobFilter {
  /** ms since the epoch: registered before. */
  readonly registeredBefore?: number | undefined;
  readonly limit: number;
  /** Where the last part ended; absent for the first one. */
  readonly position?: ListPosition | undefined;
}

/** A part of the list: it may be short, or empty, and still not be the last. */
export interface ListResult {
  /** Without their alerts and logs. */
  readonly jobs: readonly Job[];
  /** Where the next part begins; absent when there is none. */
  readonly next?: ListPosition;
}

/** Lists jobs, newest first, with bounded work: walks the months backwards. */
export async function listJobs(
  { jobs, time }: { readonly jobs: ListableJobStore; readonly time: TimeSource },
  { registeredBefore, limit, position, ...filter }: ListRequest,
): Promise<ListResult> {
  const now = time.now();
  const lastMonth = endOf(now, filter);
  const found: Job[] = [];
  let next = beginningOf(now, registeredBefore, position);
  let pages = 0;
  while (pages < MAX_PAGES && found.length < limit && next.month >= lastMonth) {
    const { items, last } = await jobs.listPage(next, limit - found.length, filter);
    found.push(...items);
    if (last === undefined) {
      next = { month: monthBefore(next.month, 1) };
    } else {
      next = { ...next, after: last };
      pages += 1;
    }
  }
  return next.month < lastMonth ? { jobs: found } : { jobs: found, next };
}

/**
 * The first place that may hold a job which is asked for: nothing is read for the months to come,
 * whatever the caller says.
 */
function beginningOf(
  now: number,
  registeredBefore = Number.POSITIVE_INFINITY,
  position: ListPosition | undefined,
): ListPosition {
  const newest =
    registeredBefore > now
      ? { month: monthOf(now) }
      : { month: monthOf(registeredBefore), after: isoTime(registeredBefore) };
  return position !== undefined && placeOf(position) < placeOf(newest) ? position : newest;
}

/** Sorts as the list does, backwards. */
function placeOf({ month, after = '~' }: ListPosition): string {
  return `${month} ${after}`;
}

/** The last month that may hold one. */
function endOf(now: number, { registeredFrom = 0 }: JobFilter): string {
  const ofRecord = monthBefore(monthOf(now), MONTHS_BACK);
  const wanted = monthOf(registeredFrom);
  return wanted > ofRecord ? wanted : ofRecord;
}

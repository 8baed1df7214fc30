import { isDeepStrictEqual } from 'node:util';
import {
  expiresAt,
  type Job,
  placeOf,
  type Watch,
  type WatchedJob,
  watchedJob,
  watchOf,
} from '../../core/jobs/job.ts';
import { omit } from '../../core/objects.ts';
import { isoTime, monthOf, SECOND } from '../../core/time.ts';

/** What is written beside a job's own attributes, always computed from them. */
interface DerivedAttributes {
  /** Partition of the index `watched`; absent when the watch is over. */
  readonly watch?: Watch;
  /** When DynamoDB may delete the item: seconds since the epoch, as its TTL wants it. */
  readonly expiresAt?: number;
  /** Partition of the index `byMonth`: UTC month of registration, `YYYY-MM`. Not of a test. */
  readonly month?: string;
  /** Sort key of the index `byMonth`: `<time of registration, ISO 8601>#<job id>`. Not of a test. */
  readonly registeredAtJobId?: string;
  /** Sort key of the index `watched`: see `placeOf`. */
  readonly place?: string;
  /** Partition of the index `byEnd`: UTC month of the end, `YYYY-MM`. Not of a test. */
  readonly endMonth?: string;
  /** Sort key of the index `byEnd`: `<time of the end, ISO 8601>#<job id>`. Not of a test. */
  readonly endedAtJobId?: string;
  /** What every index holds of the job: one map, so that no new fact of a job changes an index. */
  readonly indexed: WatchedJob;
}

/** A job as it is stored. */
export type JobItem = Job & DerivedAttributes;

const DERIVED = [
  'watch',
  'place',
  'expiresAt',
  'month',
  'registeredAtJobId',
  'endMonth',
  'endedAtJobId',
  'indexed',
] as const satisfies readonly (keyof DerivedAttributes)[];

/** A job with everything that is derived from it. */
export function toItem(job: Job): JobItem {
  const watch = watchOf(job);
  const expires = expiresAt(job);
  return {
    ...job,
    indexed: watchedJob(job),
    ...(watch !== undefined && { watch, place: placeOf(job) }),
    ...(expires !== undefined && { expiresAt: Math.ceil(expires / SECOND) }),
    ...(!job.isTest && {
      month: monthOf(job.registeredAt),
      registeredAtJobId: keyOf(job, job.registeredAt),
    }),
    ...(!job.isTest &&
      job.endedAt !== undefined && {
        endMonth: monthOf(job.endedAt),
        endedAtJobId: keyOf(job, job.endedAt),
      }),
  };
}

function keyOf({ jobId }: Job, time: number): string {
  return `${isoTime(time)}#${jobId}`;
}

/** The job of an item. Attributes that this version of the code does not know stay on it. */
export function toJob(item: JobItem): Job {
  return omit(item, ...DERIVED);
}

/**
 * The update that makes the item of one version of a job that of another: sets what changed, removes
 * what is gone, and writes whatever is derived anew. Its condition is the version the change was
 * decided on; an item that is not there has none, so an update never creates one.
 */
export function updateOf(before: Job, after: Job) {
  return changesOf({ ...before }, { ...toItem(after) }, DERIVED);
}

/**
 * The same for any versioned item.
 *
 * @param old what was decided on, without what is derived
 * @param item what is to be there, with it
 * @param derived what goes where `item` has none of it
 */
export function changesOf(
  old: Readonly<Record<string, unknown>>,
  item: Readonly<Record<string, unknown>>,
  derived: readonly string[],
) {
  const set = Object.entries(item).filter(
    ([name, value]) =>
      name !== 'jobId' && value !== undefined && !isDeepStrictEqual(value, old[name]),
  );
  const remove = [...Object.keys(old), ...derived].filter((name) => item[name] === undefined);
  const names = [...set.map(([name]) => name), ...remove];
  const clauses = [`SET ${set.map(([name]) => `#${name} = :${name}`).join()}`];
  if (remove.length > 0) clauses.push(`REMOVE ${remove.map((name) => `#${name}`).join()}`);
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: {
      '#version': 'version',
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: {
      ':before': old.version,
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    },
  };
}

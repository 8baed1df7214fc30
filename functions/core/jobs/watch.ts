import { omit } from '../objects.ts';
import { transition, withLongReminder, withoutReminder } from './apply.ts';
import type { Job } from './job.ts';

/** The facts of a new registration of a job. Times are ms since the epoch. */
export type Registration = Pick<
  Job,
  | 'jobId'
  | 'kind'
  | 'connectionId'
  | 'connectionType'
  | 'iModelId'
  | 'startedAt'
  | 'isQuietIfOver'
  | 'label'
  | 'registeredAt'
  | 'registeredBy'
  | 'timeoutAt'
  | 'remindAt'
  | 'unusuallyLong'
>;

/** A job that was never on record. */
export function newJob(registration: Registration): Job {
  return { ...registration, state: 'Registered', version: 1, transitions: [] };
}

/** What a caller may change about a watch. Times are ms since the epoch. */
export interface WatchChange {
  /** `null`: none. */
  readonly label?: string | null | undefined;
  readonly timeoutAt?: number | undefined;
  /** `null`: none. */
  readonly remindAt?: number | null | undefined;
}

/**
 * A pending job that is watched otherwise (`now`: ms since the epoch); the same job when that is nothing new. By another
 * timeout it is not overdue, and may be unusually long within it. A reminder that would come too late never comes. Pure.
 */
export function changeWatch(job: Job, change: WatchChange, now: number): Job {
  const { timeoutAt = job.timeoutAt } = change;
  const label = change.label === undefined ? job.label : (change.label ?? undefined);
  const wanted = change.remindAt === undefined ? job.remindAt : (change.remindAt ?? undefined);
  const remindAt = wanted !== undefined && wanted < timeoutAt ? wanted : undefined;
  const isSameTimeout = timeoutAt === job.timeoutAt;
  // Else, once it is seen or has another timeout, it would be told of all the same when it is unusually long.
  const unusuallyLong = change.remindAt === null ? false : job.unusuallyLong;
  const heard = change.remindAt === undefined ? job : asWished(job, change.remindAt);
  const isSame = label === job.label && isSameTimeout && remindAt === job.remindAt;
  if (isSame && heard === job && unusuallyLong === job.unusuallyLong) return job;
  const next: Job = {
    ...omit(
      label === job.label || job.iModelId ? heard : omit(heard, 'usual'),
      'label',
      'remindAt',
      ...(remindAt === job.remindAt ? [] : (['remindCause'] as const)),
      ...(isSameTimeout ? [] : (['overdueSince'] as const)),
    ),
    ...(label !== undefined && { label }),
    ...(remindAt !== undefined && { remindAt }),
    ...(unusuallyLong === false && { unusuallyLong }),
    timeoutAt,
    version: job.version + 1,
  };
  return isSameTimeout || job.remindAt !== undefined ? next : withLongReminder(next, now);
}

/** A job with or without what a reminder needs; the same job where that is nothing new. */
function asWished(job: Job, remindAt: number | null): Job {
  // Who asks for a reminder of a run that may be over since before its watch wants to be told of it.
  if (remindAt !== null) return job.isQuietIfOver ? omit(job, 'isQuietIfOver') : job;
  return Object.values(job.owed ?? {}).includes('StillRunning') ? withoutReminder(job) : job;
}

/** A job that somebody no longer wants watched: ends without an alert. Pure. */
export function cancel(job: Job, now: number, cancelledBy: string): Job {
  const change = { kind: 'Transition', to: 'Cancelled' } as const;
  const heard = omit(job, 'isQuietIfOver');
  return { ...transition(heard, change, now, { owesAlert: false }), cancelledBy };
}

/**
 * A job that the monitor had ended itself, watched again. What it was and what it owes stays on
 * record, its label too unless there is another, and the version goes on rising: an alert id is never
 * used twice.
 */
export function reopen(job: Job, registration: Registration): Job {
  const before = { ...omit(job, ...ENDED_WITH_THE_WATCH), ...registration };
  return transition(before, { kind: 'Transition', to: 'Registered' }, registration.registeredAt);
}

/** What was of the watch before: none of it is of another. */
const ENDED_WITH_THE_WATCH = [
  'kind',
  'connectionId',
  'connectionType',
  'remindAt',
  'remindCause',
  'remindedAt',
  'unusuallyLong',
  'usual',
  'endedAt',
  'cancelledBy',
] as const;

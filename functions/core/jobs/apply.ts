import { alertId } from '../alerts/alert.ts';
import { omit, pick } from '../objects.ts';
import { longAt, runLength } from '../statistics/lengths.ts';
import type { Decision } from './decide.ts';
import { isReminderDue, type Job, type Transition, type UsualLength } from './job.ts';
import { isSeen, isTerminal } from './states.ts';

/** A decision that writes something. */
export type Change = Exclude<Decision, { kind: 'Unchanged' }>;

/**
 * A job after a change that was decided on it (`now`: ms since the epoch), and with the reminder that
 * it owes by then. Pure.
 *
 * @param usual what is usual of such runs, for a job that is first seen or ends by this change
 */
export function applyChange(job: Job, change: Change, now: number, usual?: UsualLength): Job {
  return withReminder(changed(usual ? { ...job, usual } : job, change, now), now);
}

function changed(job: Job, change: Change, now: number): Job {
  const version = job.version + 1;
  switch (change.kind) {
    case 'Recovered':
      return { ...withoutTroubles(job), version };
    case 'Missing':
      return {
        ...omit(job, 'limitedAt', 'notBefore'),
        ...pick(change, 'missing', 'overdueSince'),
        version,
      };
    case 'FailedCheck':
      return {
        ...omit(job, 'limitedAt', 'notBefore'),
        failedChecks: (job.failedChecks ?? 0) + 1,
        lastError: { ...change.error, at: now },
        ...pick(change, 'limitedAt', 'notBefore', 'overdueSince'),
        version,
      };
    case 'Limited':
      return { ...job, ...pick(change, 'limitedAt', 'overdueSince'), version };
    case 'Transition':
      return transition(job, change, now);
    case 'ReminderDue':
      return { ...job, version };
  }
}

/** A job that somebody no longer wants watched: ends without an alert. Pure. */
export function cancel(job: Job, now: number, cancelledBy: string): Job {
  const change = { kind: 'Transition', to: 'Cancelled' } as const;
  const heard = omit(job, 'isQuietIfOver');
  return { ...transition(heard, change, now, { owesAlert: false }), cancelledBy };
}

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

function transition(
  job: Job,
  change: Extract<Change, { kind: 'Transition' }>,
  now: number,
  { owesAlert } = { owesAlert: isTerminal(change.to) && !isOverUntold(job) },
): Job {
  const version = job.version + 1;
  const { to, reason, lastError } = change;
  const before = isTerminal(to) ? withoutReminder(job) : job;
  const after: Job = {
    ...omit(
      withoutTroubles(before),
      'reason',
      'containsIssues',
      'logsUrl',
      'logs',
      ...(isTerminal(to) ? [] : (['isQuietIfOver'] as const)),
    ),
    ...omit(change, 'kind', 'to', 'lastError'),
    ...(lastError && { lastError: { ...lastError, at: now } }),
    state: to,
    ...recordTransition(job, {
      from: job.state,
      to,
      at: now,
      ...(reason !== undefined && { reason }),
      version,
    }),
    ...(owesAlert && { owed: { ...before.owed, [alertId(job, version)]: 'Ended' } }),
    ...(isTerminal(to) && { endedAt: now }),
    version,
  };
  const length = runLength(after, now);
  if (length !== undefined) return { ...after, runLength: length };
  return isSeen(job.state) ? after : withLongReminder(after, now);
}

/** A pending job that is seen for the first time: somebody is told when it is unusually long. */
function withLongReminder(job: Job, now: number): Job {
  // Whoever asked for a reminder is told of the job once, by that.
  if (isTerminal(job.state) || job.remindAt !== undefined || job.remindedAt !== undefined)
    return job;
  const remindAt = longAt(job, now);
  return remindAt === undefined ? job : { ...job, remindAt, remindCause: 'UnusuallyLong' };
}

/** A run that was over when its iModel began to be watched, as far as anybody can tell. */
function isOverUntold({ state, isQuietIfOver }: Job): boolean {
  return isQuietIfOver === true && !isSeen(state);
}

function withoutTroubles(job: Job): Job {
  return omit(
    job,
    'missing',
    'failedChecks',
    'lastError',
    'limitedAt',
    'notBefore',
    'overdueSince',
  );
}

const KEPT_WHOLE = 100;
/** How many transitions are kept before those that are left out. */
export const FIRST_KEPT = 10;

/**
 * The record of transitions with one more at its end. Of more than 100, 99 stay: the first 10, the last, and ends that are
 * still to be told. The rest is only counted, so a run that flaps for days cannot outgrow its item.
 */
export function recordTransition(
  { transitions: before, transitionsDropped: droppedBefore = 0, owed = {} }: Job,
  transition: Transition,
): Pick<Job, 'transitions' | 'transitionsDropped'> {
  const kept = [...before, transition];
  const all = kept.length + droppedBefore;
  if (all <= KEPT_WHOLE) return { transitions: kept };
  const isLeftOut = ({ version }: Transition, i: number) =>
    i >= FIRST_KEPT && kept[i + 1] && !Object.keys(owed).some((id) => id.endsWith(`/${version}`));
  while (kept.length >= KEPT_WHOLE) kept.splice(Math.max(FIRST_KEPT, kept.findIndex(isLeftOut)), 1);
  return { transitions: kept, transitionsDropped: all - kept.length };
}

/** A job that owes its reminder, when that is due (`now`: ms since the epoch): it owes it once. */
function withReminder(job: Job, now: number): Job {
  if (!isReminderDue(job, now)) return job;
  return {
    ...omit(job, 'remindAt'),
    remindedAt: now,
    owed: { ...job.owed, [alertId(job, job.version)]: 'StillRunning' },
  };
}

/** A job of which nobody is to be told any more that it still runs. */
function withoutReminder(job: Job): Job {
  const left = Object.entries(job.owed ?? {}).filter(([, kind]) => kind !== 'StillRunning');
  const owed = Object.fromEntries(left);
  return { ...omit(job, 'remindAt', 'owed'), ...(left.length > 0 && { owed }) };
}

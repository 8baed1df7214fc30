import { alertId } from '../alerts/alert.ts';
import { omit, pick } from '../objects.ts';
import { longAt, runLength } from '../statistics/lengths.ts';
import { MINUTE } from '../time.ts';
import type { Decision } from './decide.ts';
import { isReminderDue, type Job, type Transition, type UsualLength } from './job.ts';
import { isEndedByMonitor, isSeen, isTerminal } from './states.ts';

/** A decision that writes something. */
export type Change = Exclude<Decision, { kind: 'Unchanged' }>;

/**
 * A job after a change that was decided on it (`now`: ms since the epoch), and with the reminder that
 * it owes by then. Pure.
 *
 * @param usual what is usual of such runs, for a job that is first seen or ends by this change
 * @param checkedAt when it was last checked before, and its API told of runs (ms since the epoch); 0: not known
 */
export function applyChange(
  job: Job,
  change: Change,
  now: number,
  usual?: UsualLength,
  checkedAt = now,
): Job {
  const lastCheckedAt = Math.max(
    Math.min(checkedAt, job.checkedAt ?? checkedAt),
    job.transitions.at(-1)?.at ?? 0,
  );
  return withReminder(changed(usual ? { ...job, usual } : job, change, now, lastCheckedAt), now);
}

function changed(job: Job, change: Change, now: number, checkedAt: number): Job {
  const version = job.version + 1;
  switch (change.kind) {
    case 'Recovered':
      return { ...withoutTroubles(job), version };
    case 'Missing':
      return {
        ...omit(job, 'limitedAt', 'notBefore'),
        ...pick(change, 'missing', 'overdueSince'),
        checkedAt,
        version,
      };
    case 'FailedCheck':
      return {
        ...omit(job, 'limitedAt', 'notBefore'),
        failedChecks: (job.failedChecks ?? 0) + 1,
        lastError: { ...change.error, at: now },
        ...pick(change, 'limitedAt', 'notBefore', 'overdueSince'),
        checkedAt,
        version,
      };
    case 'Limited':
      return { ...job, ...pick(change, 'limitedAt', 'overdueSince'), checkedAt, version };
    case 'Transition':
      return transition(job, change, now, { checkedAt });
    case 'ReminderDue':
      return { ...job, version };
  }
}

/** Of a run that was not checked for so long (ms) the end was not seen when it came. */
const UNSEEN = 15 * MINUTE;

/**
 * A job once its state has changed; an end owes an alert unless something else is said (`now`: ms since the epoch).
 *
 * @param checkedAt when it was last checked before (ms since the epoch)
 */
export function transition(
  job: Job,
  change: Extract<Change, { kind: 'Transition' }>,
  now: number,
  {
    owesAlert = isTerminal(change.to) && !isOverUntold(job),
    checkedAt = now,
  }: { readonly owesAlert?: boolean; readonly checkedAt?: number } = {},
): Job {
  const version = job.version + 1;
  const { to, reason, lastError } = change;
  const before = isTerminal(to) ? withoutReminder(job) : job;
  const isUnseen =
    isTerminal(to) && !isEndedByMonitor(to) && isSeen(job.state) && now - checkedAt > UNSEEN;
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
      ...(isUnseen && { uncheckedSince: checkedAt }),
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

/** A pending job with a reminder for when it is unusually long, unless somebody has asked for one. */
export function withLongReminder(job: Job, now: number): Job {
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
    'checkedAt',
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
export function withoutReminder(job: Job): Job {
  const left = Object.entries(job.owed ?? {}).filter(([, kind]) => kind !== 'StillRunning');
  const owed = Object.fromEntries(left);
  return { ...omit(job, 'remindAt', 'owed'), ...(left.length > 0 && { owed }) };
}

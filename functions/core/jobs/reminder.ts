import { alertId } from '../alerts/alert.ts';
import { omit } from '../objects.ts';
import type { AlertKind, Job } from './job.ts';
import { isTerminal } from './states.ts';

/** Whether a pending job has come to the time at which somebody wanted to be reminded of it. */
export function isReminderDue(job: Pick<Job, 'state' | 'remindAt'>, now: number): boolean {
  return !isTerminal(job.state) && job.remindAt !== undefined && now >= job.remindAt;
}

/** A job that owes its reminder, when that is due (`now`: ms since the epoch): it owes it once. */
export function withReminder(job: Job, now: number): Job {
  if (!isReminderDue(job, now)) return job;
  return {
    ...omit(job, 'remindAt'),
    remindedAt: now,
    owed: { ...job.owed, [alertId(job, job.version)]: 'StillRunning' },
  };
}

/** A job that has ended: nobody is to be told any more that it still runs. */
export function withoutReminder(job: Job): Job {
  const owed: Record<string, AlertKind> = Object.fromEntries(
    Object.entries(job.owed ?? {}).filter(([, kind]) => kind !== 'StillRunning'),
  );
  return { ...omit(job, 'remindAt', 'owed'), ...(Object.keys(owed).length > 0 && { owed }) };
}

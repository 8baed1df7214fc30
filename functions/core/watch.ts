import { DAY } from './durations.ts';
import type { Job } from './job.ts';
import { isTerminal } from './states.ts';

/** How long (ms) a job stays on record after it ended. */
const RETENTION = 90 * DAY;
/** How long (ms) one that was only made up to try the alerts out does. */
const TEST_RETENTION = DAY;

/** What the monitor still has to do for a job: check it, or publish what is owed for its end. */
export type Watch = 'check' | 'alert';

/** The one place that says what a job is still watched for; undefined when its watch is over. */
export function watchOf(job: Pick<Job, 'state' | 'owed' | 'isTest'>): Watch | undefined {
  if (!isTerminal(job.state) && !job.isTest) return 'check';
  return owedAlerts(job).length > 0 ? 'alert' : undefined;
}

/** When a job goes off the record (ms since the epoch): never while it is watched. */
export function expiresAt(
  job: Pick<Job, 'state' | 'owed' | 'endedAt' | 'isTest'>,
): number | undefined {
  if (watchOf(job) !== undefined || job.endedAt === undefined) return undefined;
  return job.endedAt + (job.isTest ? TEST_RETENTION : RETENTION);
}

/** The ids of the alerts that are on record and not yet known to be published. */
export function owedAlerts(job: Pick<Job, 'owed'>): string[] {
  return Object.keys(job.owed ?? {});
}

import { type Alert, alertOf, lacksLogs, markPublished } from '../core/alert.ts';
import { alertMessage, bareAlertMessage } from '../core/alert-texts.ts';
import { AlertRefused } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import type { RunLogs } from '../core/log-digest.ts';
import { owedAlerts } from '../core/watch.ts';
import type { ReadLogs } from './read-logs.ts';
import type { SweepContext } from './sweep-context.ts';

/** Publishes owed alerts. */
export interface Publisher {
  /**
   * Publishes what a job owes, with what its logs say where they say why it failed, then marks it as
   * published. What cannot be published stays owed.
   */
  publishOwed(job: Job): Promise<void>;
  /** Three failures in a row end all publishing of this sweep. */
  readonly hasGivenUp: boolean;
}

const FAILURES_IN_A_ROW = 3;
const MARK_ATTEMPTS = 3;

/** A publisher for one sweep. */
export function createPublisher(context: SweepContext, readLogs: ReadLogs): Publisher {
  const { jobs, log, report, signal } = context;
  let failuresInARow = 0;
  const hasGivenUp = () => failuresInARow >= FAILURES_IN_A_ROW;

  async function isPublished(job: Job, alertId: string): Promise<boolean> {
    if (hasGivenUp()) return false;
    const alert = alertOf(job, alertId);
    try {
      await publish(context, alert);
      failuresInARow = 0;
      report.alertsPublished += 1;
      return true;
    } catch (error) {
      failuresInARow += 1;
      report.alertsFailed += 1;
      report.oldestOwed = Math.max(report.oldestOwed, context.time.now() - alert.at);
      log.error('An alert could not be published and stays owed', { alertId, error });
      return false;
    }
  }

  async function mark(job: Job, published: readonly string[], logs?: RunLogs): Promise<void> {
    let current: Job | undefined = job;
    for (let attempt = 0; current && attempt < MARK_ATTEMPTS; attempt += 1) {
      const marked = markPublished(current, published, context.time.now(), logs);
      if (marked === current || (await jobs.update(current, marked, signal))) return;
      report.lostConditions += 1;
      current = await jobs.get(job.jobId, signal);
    }
  }

  return {
    async publishOwed(job) {
      if (hasGivenUp()) return;
      const explained = lacksLogs(job) ? { ...job, logs: await readLogs(job.jobId) } : job;
      const published: string[] = [];
      for (const alertId of owedAlerts(job)) {
        if (await isPublished(explained, alertId)) published.push(alertId);
      }
      if (published.length > 0) await mark(job, published, explained.logs);
    },
    get hasGivenUp() {
      return hasGivenUp();
    },
  };
}

/** What cannot be published with outside text is published without. */
async function publish({ topic, log, report, signal }: SweepContext, alert: Alert): Promise<void> {
  try {
    await topic.publish(alertMessage(alert), signal);
  } catch (error) {
    if (!(error instanceof AlertRefused)) throw error;
    const facts = { alertId: alert.id, error };
    log.warn('The topic refused an alert as invalid; publishing it bare', facts);
    await topic.publish(bareAlertMessage(alert), signal);
    report.bareAlerts += 1;
  }
}

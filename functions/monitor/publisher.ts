import { type Alert, alertOf, markPublished } from '../core/alert.ts';
import { alertMessage, bareAlertMessage } from '../core/alert-texts.ts';
import { AlertRefused } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import { owedAlerts } from '../core/watch.ts';
import type { SweepContext } from './sweep-context.ts';

/** Publishes owed alerts. */
export interface Publisher {
  /** Publishes what a job owes, then marks it as published. What cannot be published stays owed. */
  publishOwed(job: Job): Promise<void>;
  /** Three failures in a row end all publishing of this sweep. */
  readonly hasGivenUp: boolean;
}

const FAILURES_IN_A_ROW = 3;
const MARK_ATTEMPTS = 3;

/** A publisher for one sweep. */
export function createPublisher(context: SweepContext): Publisher {
  const { jobs, topic, log, report, signal } = context;
  let failuresInARow = 0;

  async function publish(alert: Alert): Promise<void> {
    try {
      await topic.publish(alertMessage(alert), signal);
    } catch (error) {
      if (!(error instanceof AlertRefused)) throw error;
      log.warn('The topic refused an alert as invalid; publishing it bare', {
        alertId: alert.id,
        error,
      });
      await topic.publish(bareAlertMessage(alert), signal);
      report.bareAlerts += 1;
    }
  }

  async function isPublished(job: Job, alertId: string): Promise<boolean> {
    if (failuresInARow >= FAILURES_IN_A_ROW) return false;
    const alert = alertOf(job, alertId);
    try {
      await publish(alert);
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

  async function mark(job: Job, published: readonly string[]): Promise<void> {
    let current: Job | undefined = job;
    for (let attempt = 0; current && attempt < MARK_ATTEMPTS; attempt += 1) {
      const marked = markPublished(current, published, context.time.now());
      if (marked === current || (await jobs.update(current, marked, signal))) return;
      report.lostConditions += 1;
      current = await jobs.get(job.jobId, signal);
    }
  }

  return {
    async publishOwed(job) {
      const published: string[] = [];
      for (const alertId of owedAlerts(job)) {
        if (await isPublished(job, alertId)) published.push(alertId);
      }
      if (published.length > 0) await mark(job, published);
    },
    get hasGivenUp() {
      return failuresInARow >= FAILURES_IN_A_ROW;
    },
  };
}

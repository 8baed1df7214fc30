import pMap from 'p-map';
import { type Alert, alertOf, type Explanation, markPublished } from '../../core/alerts/alert.ts';
import { type AlertMessage, alertMessage, bareAlertMessage } from '../../core/alerts/message.ts';
import { AlertRefused } from '../../core/errors.ts';
import { type Job, owedAlerts } from '../../core/jobs/job.ts';
import { pick } from '../../core/objects.ts';
import type { Page } from '../../core/ports.ts';
import { isPendingJob } from '../../core/sweeps/schedule.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Explain } from './explain.ts';

/** The alerts that jobs owe on record: publishes them, and marks them as published. */
export interface Outbox {
  /**
   * Publishes what a job owes, with what explains it, then marks it as published. What cannot be
   * published stays owed.
   */
  publishOwed(job: Job): Promise<void>;
  /** The same of a job as it is on record now. Never throws: the next sweep tries again. */
  publishOwedBy(jobId: string): Promise<void>;
  /** Three failures in a row end all publishing of this sweep. */
  readonly hasGivenUp: boolean;
}

/** How long (ms) a sweep may spend on alerts that earlier sweeps left owed. */
const LEFT_OWED_TIME = 10 * SECOND;
/** How many of their jobs at a time. */
const CONCURRENCY = 8;
/** How many pending jobs are read at a time, to see which of them owe something. */
const PENDING_PAGE = 500;
const FAILURES_IN_A_ROW = 3;
const MARK_ATTEMPTS = 3;

/** The outbox of one sweep. */
export function createOutbox(context: SweepContext, explain: Explain): Outbox {
  const { jobs, log, report, signal } = context;
  let failuresInARow = 0;
  const hasGivenUp = () => failuresInARow >= FAILURES_IN_A_ROW;

  async function isPublished(job: Job, alertId: string): Promise<boolean> {
    if (hasGivenUp()) return false;
    const alert = { ...alertOf(job, alertId), ...pick(context, 'timeZone', 'pageUrl') };
    try {
      await publish(context, alert);
      failuresInARow = 0;
      report.alertsPublished += 1;
      return true;
    } catch (error) {
      if (!(error instanceof NoWords)) failuresInARow += 1;
      report.alertsFailed += 1;
      report.oldestOwed = Math.max(report.oldestOwed, context.time.now() - alert.at);
      log.error('An alert could not be published and stays owed', { alertId, error });
      return false;
    }
  }

  async function mark(job: Job, published: readonly string[], why: Explanation): Promise<void> {
    let current: Job | undefined = job;
    for (let attempt = 0; current && attempt < MARK_ATTEMPTS; attempt += 1) {
      const marked = markPublished(current, published, context.time.now(), why);
      if (marked === current || (await jobs.update(current, marked, signal))) return;
      report.lostConditions += 1;
      current = await jobs.get(job.jobId, signal);
    }
  }

  async function publishOwed(job: Job): Promise<void> {
    const owed = owedAlerts(job);
    if (owed.length === 0 || hasGivenUp()) return;
    const explanation = await explain(job);
    const explained = { ...job, ...explanation };
    const published: string[] = [];
    for (const alertId of owed) {
      if (await isPublished(explained, alertId)) published.push(alertId);
    }
    if (published.length > 0) await mark(job, published, explanation);
  }

  return {
    publishOwed,
    async publishOwedBy(jobId) {
      try {
        const job = await jobs.get(jobId, signal);
        if (job) await publishOwed(job);
      } catch (error) {
        if (signal.aborted) return;
        report.errors += 1;
        log.error('What a job owes could not be published; the next sweep tries again', {
          jobId,
          error,
        });
      }
    },
    get hasGivenUp() {
      return hasGivenUp();
    },
  };
}

/** What cannot be worded, or published, with what came from outside is published without. */
async function publish({ topic, log, report, signal }: SweepContext, alert: Alert): Promise<void> {
  try {
    await topic.publish(worded(alert), signal);
  } catch (error) {
    if (!(error instanceof AlertRefused)) throw error;
    const facts = { alertId: alert.id, error };
    log.warn('The topic refused an alert as invalid; publishing it bare', facts);
    await topic.publish(worded(alert, bareAlertMessage), signal);
    report.bareAlerts += 1;
  }
}

/** Our own words cannot be made of what is in an alert, which says nothing of the topic. */
class NoWords extends AlertRefused {}

/** @throws NoWords */
function worded(alert: Alert, words = alertMessage): AlertMessage {
  try {
    return words(alert);
  } catch (cause) {
    throw new NoWords('The words of the alert could not be made.', { cause });
  }
}

/**
 * Publishes what ended jobs still owe, paused or not and outside the budget: an alert on record must not
 * wait for upstream to be well. What pending jobs owe goes out with their checks, and while there are none
 * from here.
 */
export async function publishLeftOwed(
  context: SweepContext,
  outbox: Outbox,
  isPaused: boolean,
): Promise<void> {
  const { jobs, time, signal } = context;
  const deadline = time.now() + LEFT_OWED_TIME;

  async function* itemsOf<T>(
    read: (after: string | undefined) => Promise<Page<T>>,
  ): AsyncGenerator<T> {
    let after: string | undefined;
    do {
      const page = await read(after);
      for (const item of page.items) {
        if (outbox.hasGivenUp || time.now() >= deadline) return;
        yield item;
      }
      after = page.last;
    } while (after !== undefined);
  }

  async function* owingJobs(): AsyncGenerator<string> {
    yield* itemsOf((after) => jobs.owedPage(after, signal));
    if (!isPaused) return;
    for await (const entry of itemsOf((after) => jobs.pendingPage(after, PENDING_PAGE, signal)))
      if (isPendingJob(entry) && owedAlerts(entry).length > 0) yield entry.jobId;
  }

  await pMap(guarded(owingJobs(), context), outbox.publishOwedBy, { concurrency: CONCURRENCY });
}

/**
 * The items of a source, until it fails. A failure is logged and counted, unless it is the end of the sweep, and
 * ends them without leaving anything behind that is still under way.
 */
export async function* guarded<T>(
  source: AsyncIterable<T>,
  { log, report, signal }: Pick<SweepContext, 'log' | 'report' | 'signal'>,
): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (signal.aborted) return;
    report.errors += 1;
    log.error('The jobs to attend to could not be read to the end', { error });
  }
}

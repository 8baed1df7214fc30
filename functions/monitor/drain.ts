import pMap from 'p-map';
import { SECOND } from '../core/durations.ts';
import { watchOf } from '../core/watch.ts';
import { guarded } from './guarded.ts';
import type { Publisher } from './publisher.ts';
import type { SweepContext } from './sweep-context.ts';

/** How long (ms) a sweep may spend on alerts that earlier sweeps left owed. */
const DRAIN_TIME = 10 * SECOND;
const CONCURRENCY = 8;

/**
 * Publishes what ended jobs still owe, paused or not and outside the budget: an alert on record
 * must not wait for upstream to be well.
 */
export async function drainOwedAlerts(context: SweepContext, publisher: Publisher): Promise<void> {
  const { jobs, time, log, report, signal } = context;
  const deadline = time.now() + DRAIN_TIME;

  async function* owingJobs(): AsyncGenerator<string> {
    let after: string | undefined;
    do {
      const page = await jobs.owedPage(after, signal);
      for (const jobId of page.items) {
        if (publisher.hasGivenUp || time.now() >= deadline) return;
        yield jobId;
      }
      after = page.last;
    } while (after !== undefined);
  }

  async function drain(jobId: string): Promise<void> {
    try {
      const job = await jobs.get(jobId, signal);
      if (job && watchOf(job) === 'alert') await publisher.publishOwed(job);
    } catch (error) {
      report.errors += 1;
      log.error('What a job owes could not be settled; the next sweep tries again', {
        jobId,
        error,
      });
    }
  }

  await pMap(guarded(owingJobs(), context), drain, { concurrency: CONCURRENCY });
}

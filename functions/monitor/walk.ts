import pMap from 'p-map';
import type { WatchedJob } from '../core/job.ts';
import { owedAlerts } from '../core/watch.ts';
import type { Check } from './check.ts';
import { guarded } from './guarded.ts';
import type { Judge } from './judge.ts';
import type { Publisher } from './publisher.ts';
import type { SweepContext } from './sweep-context.ts';

/** What a walk works with. */
export interface WalkParts {
  readonly check: Check;
  readonly judge: Judge;
  readonly publisher: Publisher;
}

/**
 * Checks pending jobs as they come, each once.
 *
 * @param concurrency checks in flight at a time
 */
export async function walk(
  context: SweepContext,
  { check, judge, publisher }: WalkParts,
  pending: AsyncIterable<WatchedJob>,
  concurrency: number,
): Promise<void> {
  const { jobs, signal, report } = context;

  async function visit(job: WatchedJob): Promise<void> {
    try {
      await judge.take(job, await check(job.jobId));
    } catch (error) {
      await judge.takeError(job, error);
    }
    if (owedAlerts(job).length > 0) await publishOwed(job.jobId);
  }

  /** A job that was reopened may still owe the alert of its last end. */
  async function publishOwed(jobId: string): Promise<void> {
    try {
      const current = await jobs.get(jobId, signal);
      if (current) await publisher.publishOwed(current);
    } catch (error) {
      report.errors += 1;
      context.log.error('What a pending job owes could not be settled', { jobId, error });
    }
  }

  await pMap(guarded(pending, context), visit, { concurrency });
}

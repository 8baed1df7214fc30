import pMap from 'p-map';
import type { WatchedJob } from '../core/job.ts';
import { owedAlerts } from '../core/watch.ts';
import type { Check } from './check.ts';
import { guarded } from './guarded.ts';
import type { Judge } from './judge.ts';
import { createPendingJobs, type PendingJobsParts } from './pending-jobs.ts';
import type { Publisher } from './publisher.ts';
import type { SweepContext } from './sweep-context.ts';

/** How much of the budget is left alone until it is known which runs have ended and how. */
const LEFT_TO_LOGS = 0.1;

/** What a walk works with. */
export interface WalkParts extends PendingJobsParts {
  /** Checks in flight at a time. */
  readonly concurrency: number;
  readonly check: Check;
  readonly judge: Judge;
  readonly publisher: Publisher;
}

/**
 * Checks pending jobs in key order for as long as the gate admits requests, each job once. Where there
 * are more jobs than budget, the last tenth of it is there for the logs of runs that turn out to have
 * failed, and only then for more checks.
 *
 * @returns whether the last pending job was reached
 */
export async function walkPendingJobs(context: SweepContext, parts: WalkParts): Promise<boolean> {
  const { jobs, signal, report } = context;
  const { gate, check, judge, publisher } = parts;
  const pending = createPendingJobs(context, parts);

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

  const { concurrency } = parts;
  for (const leave of [Math.ceil(gate.left * LEFT_TO_LOGS), 0]) {
    await pMap(guarded(pending.admitted(leave), context), visit, { concurrency });
  }
  return pending.isExhausted;
}

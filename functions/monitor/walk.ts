import pMap from 'p-map';
import type { WatchedJob } from '../core/job.ts';
import { owedAlerts } from '../core/watch.ts';
import type { Check } from './check.ts';
import { guarded } from './guarded.ts';
import type { Judge } from './judge.ts';
import type { Publisher } from './publisher.ts';
import type { RequestGate } from './request-gate.ts';
import type { SettledKeys } from './settled-keys.ts';
import type { SweepContext } from './sweep-context.ts';

/** Jobs read at a time: a page stays well under the 1 MB that one query may return. */
const PAGE_SIZE = 500;
/** How much of the budget is left alone until it is known which runs have ended and how. */
const LEFT_TO_LOGS = 0.1;

/** What a walk works with. */
export interface WalkParts {
  /** The walk goes on after this key; undefined: from the first. */
  readonly after: string | undefined;
  /** Checks in flight at a time. */
  readonly concurrency: number;
  readonly gate: RequestGate;
  readonly check: Check;
  readonly judge: Judge;
  readonly keys: SettledKeys;
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
  const { gate, check, judge, keys, publisher } = parts;
  let isExhausted = false;

  async function* pendingJobs(): AsyncGenerator<WatchedJob> {
    let after = parts.after;
    do {
      // One more than may be asked about tells whether the budget's last job is the pass's last.
      const limit = Math.min(PAGE_SIZE, Math.floor(gate.left) + 1);
      const page = await jobs.pendingPage(after, limit, signal);
      yield* page.items;
      after = page.last;
    } while (after !== undefined);
    isExhausted = true;
  }

  const source = pendingJobs();
  let upcoming: IteratorResult<WatchedJob> | undefined;

  /** Jobs as long as more than so much of the budget is left. */
  async function* admittedJobs(leave: number): AsyncGenerator<WatchedJob> {
    for (;;) {
      upcoming ??= await source.next();
      if (upcoming.done || gate.left - leave < 1 || !gate.admit()) return;
      const job = upcoming.value;
      upcoming = undefined;
      keys.begin(job.jobId);
      yield job;
    }
  }

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
    await pMap(guarded(admittedJobs(leave), context), visit, { concurrency });
  }
  return isExhausted;
}

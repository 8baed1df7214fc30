import pLimit from 'p-limit';
import {
  addEntries,
  digestOf,
  type LogsPage,
  NO_ENTRIES,
  type RunLogs,
} from '../../core/alerts/log-digest.ts';
import { isTokenFault } from '../../core/errors.ts';
import type { JobRef } from '../../core/ports.ts';
import { CAUSES } from '../../core/sweeps/causes.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Reads the logs of a run once, as far as that can be done now. Never throws. */
export type ReadLogs = (job: JobRef) => Promise<RunLogs>;

/** The most pages that are read of one run. */
const PAGES = 3;
/** The most time (ms) for the logs of one run, waiting for a turn and for a token included. */
const TIME_PER_RUN = 5 * SECOND;
/** The most time (ms) for all runs of a sweep, added up: slow logs must not hold up all the rest. */
const TIME_PER_SWEEP = 20 * SECOND;
/** How many runs are read at a time: each may hold a whole page in memory. */
const CONCURRENCY = 8;

/** A reader of logs for one sweep. */
export function createLogReader(context: SweepContext, upstream: Upstream): ReadLogs {
  const { time, report, log } = context;
  const ask = createLogRequests(context, upstream);
  const inTurn = pLimit(CONCURRENCY);
  let timeLeft = TIME_PER_SWEEP;

  async function read(job: JobRef, limit: AbortSignal): Promise<RunLogs> {
    let summary = NO_ENTRIES;
    let next: string | undefined;
    try {
      if (timeLeft <= 0) throw new NoPage('The sweep had no time left to read them.');
      for (let pages = 0; pages < PAGES; pages += 1) {
        const page = await ask(job, next, limit);
        summary = addEntries(summary, page.entries);
        next = page.next;
        if (next === undefined) return digestOf(summary, page.hasMore);
      }
      return digestOf(summary, true);
    } catch (error) {
      const reason = await whyBrokenOff(context, upstream, { jobId: job.jobId, error, limit });
      return summary === NO_ENTRIES ? { kind: 'Unread', reason } : digestOf(summary, true);
    }
  }

  return async (job) => {
    const limit = AbortSignal.any([context.signal, time.timeout(TIME_PER_RUN)]);
    const logs = await inTurn(async () => {
      const startedAt = time.now();
      const result = await read(job, limit);
      timeLeft -= time.now() - startedAt;
      return result;
    });
    if (logs.kind === 'Unread') {
      report.logsUnread += 1;
      log.warn('The logs of a run could not be read', { jobId: job.jobId, reason: logs.reason });
    }
    return logs;
  };
}

/** A reading that came to no good end. */
interface BrokenOff {
  readonly jobId: string;
  readonly error: unknown;
  readonly limit: AbortSignal;
}

/** The reason, in words for the mail. What says more than that goes into the log. */
async function whyBrokenOff(
  { report, log }: SweepContext,
  { breaker }: Upstream,
  { jobId, error, limit }: BrokenOff,
): Promise<string> {
  if (error instanceof NoPage) return error.message;
  if (isTokenFault(error)) {
    await breaker.noToken(error);
    return 'There is no access token to ask with.';
  }
  if (limit.aborted) return `Reading them took longer than ${TIME_PER_RUN / SECOND} s.`;
  report.errors += 1;
  log.error('Reading the logs of a run failed', { jobId, error });
  return 'Reading them failed; the log of the monitor says why.';
}

/**
 * Asks for one page of a run's logs, with one request. Throws NoPage, the reason of its signal, and as
 * `AccessTokens` does.
 */
type AskForLogs = (job: JobRef, next: string | undefined, signal: AbortSignal) => Promise<LogsPage>;

/** There is no page to be had; the message says why, for people. */
class NoPage extends Error {
  override readonly name = 'NoPage';
}

const WHY_BLOCKED: Readonly<Record<NonNullable<Upstream['blocked']>, string>> = {
  Paused: 'Requests to the iTwin Platform are paused.',
  BudgetSpent: 'The budget of requests is spent.',
  TimeUp: 'The sweep had no time left to read them.',
};

/**
 * The requests for logs of one sweep. They leave half of the budget alone: what finds out that a run
 * has ended at all are checks.
 */
function createLogRequests(context: SweepContext, upstream: Upstream): AskForLogs {
  const { runLogs, report } = context;
  let left = Math.ceil(upstream.left / 2);

  function assertOpen(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (upstream.blocked) throw new NoPage(WHY_BLOCKED[upstream.blocked]);
    if (left < 1) throw new NoPage(WHY_BLOCKED.BudgetSpent);
  }

  return async (job, next, signal) => {
    assertOpen(signal);
    const token = await upstream.token(signal);
    // While it came, requests may have been paused.
    assertOpen(signal);
    upstream.take();
    left -= 1;
    report.requests += 1;
    const answer = await runLogs.ask(job, next, token, signal);
    switch (answer.kind) {
      case 'Page':
        return answer;
      case 'Unreadable':
        throw new NoPage(answer.reason);
      case 'RateLimited':
        await upstream.breaker.rateLimited(answer.retryAt, answer.cause);
        throw new NoPage(CAUSES[answer.cause ?? 'RateLimited'].meaning);
    }
  };
}

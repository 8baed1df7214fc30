import pLimit from 'p-limit';
import { SECOND } from '../core/durations.ts';
import { isTokenFault } from '../core/errors.ts';
import type { RunLogs } from '../core/log-digest.ts';
import { addEntries, digestOf, type LogTally, NO_ENTRIES } from '../core/log-tally.ts';
import type { LogsAnswer } from '../core/logs-answer.ts';
import type { Shut } from './request-gate.ts';
import type { SweepContext } from './sweep-context.ts';
import type { UpstreamAccess } from './upstream-access.ts';

/** Reads the logs of a run once, as far as that can be done now. Never throws. */
export type ReadLogs = (jobId: string) => Promise<RunLogs>;

/** The most pages that are read of one run. */
const PAGES = 3;
/** The most time (ms) for the logs of one run, waiting for a turn and for a token included. */
const TIME_PER_RUN = 5 * SECOND;
/** The most time (ms) for all runs of a sweep, added up: slow logs must not hold up all the rest. */
const TIME_PER_SWEEP = 20 * SECOND;
/** How many runs are read at a time: each may hold a whole page in memory. */
const CONCURRENCY = 8;

const WHY_SHUT: Readonly<Record<Shut, string>> = {
  Paused: 'Requests to the iTwin Platform are paused.',
  BudgetSpent: 'The budget of requests is spent.',
  TimeUp: 'The sweep had no time left to read them.',
};

/** No request may leave any more. */
class NotAsked extends Error {
  override readonly name = 'NotAsked';
}

/**
 * A reader of logs for one sweep. It leaves half of the budget alone: what finds out that a run has
 * ended at all are checks.
 */
export function createLogReader(context: SweepContext, upstream: UpstreamAccess): ReadLogs {
  const { runLogs, time, report, log } = context;
  const { gate, pauses, session } = upstream;
  const inTurn = pLimit(CONCURRENCY);
  let requestsLeft = Math.ceil(gate.left / 2);
  let timeLeft = TIME_PER_SWEEP;

  function assertOpen(limited: AbortSignal): void {
    limited.throwIfAborted();
    if (gate.shut) throw new NotAsked(WHY_SHUT[gate.shut]);
    if (requestsLeft < 1) throw new NotAsked(WHY_SHUT.BudgetSpent);
    if (timeLeft <= 0) throw new NotAsked(WHY_SHUT.TimeUp);
  }

  async function ask(
    jobId: string,
    next: string | undefined,
    limited: AbortSignal,
  ): Promise<LogsAnswer> {
    assertOpen(limited);
    const token = await session.token(limited);
    // While it came, requests may have been paused.
    assertOpen(limited);
    gate.admit();
    requestsLeft -= 1;
    report.requests += 1;
    return runLogs.ask(jobId, next, token, limited);
  }

  async function read(jobId: string, limited: AbortSignal): Promise<RunLogs> {
    let tally = NO_ENTRIES;
    let next: string | undefined;
    try {
      for (let pages = 0; pages < PAGES; pages += 1) {
        const answer = await ask(jobId, next, limited);
        if (answer.kind === 'RateLimited') await pauses.rateLimited(answer.retryAt);
        if (answer.kind !== 'Page') return asFarAsRead(tally, whyNoPage(answer));
        tally = addEntries(tally, answer.entries);
        next = answer.next;
        if (next === undefined) return digestOf(tally, answer.hasMore);
      }
      return digestOf(tally, true);
    } catch (error) {
      return asFarAsRead(tally, await whyBrokenOff(jobId, error, limited));
    }
  }

  async function whyBrokenOff(jobId: string, error: unknown, limited: AbortSignal) {
    if (error instanceof NotAsked) return error.message;
    if (isTokenFault(error)) {
      await pauses.noToken(error);
      return 'There is no access token to ask with.';
    }
    if (limited.aborted) return `Reading them took longer than ${TIME_PER_RUN / SECOND} s.`;
    report.errors += 1;
    log.error('Reading the logs of a run failed', { jobId, error });
    return 'Reading them failed; the log of the monitor says why.';
  }

  return async (jobId) => {
    const limited = AbortSignal.any([context.signal, time.timeout(TIME_PER_RUN)]);
    const logs = await inTurn(async () => {
      const startedAt = time.now();
      const result = await read(jobId, limited);
      timeLeft -= time.now() - startedAt;
      return result;
    });
    if (logs.kind === 'Unread') {
      report.logsUnread += 1;
      log.warn('The logs of a run could not be read', { jobId, reason: logs.reason });
    }
    return logs;
  };
}

function whyNoPage(answer: Exclude<LogsAnswer, { kind: 'Page' }>): string {
  return answer.kind === 'Unreadable' ? answer.reason : 'The logs endpoint answered 429.';
}

/** What there is of the logs when the next page cannot be had. */
function asFarAsRead(tally: LogTally, reason: string): RunLogs {
  return tally === NO_ENTRIES ? { kind: 'Unread', reason } : digestOf(tally, true);
}

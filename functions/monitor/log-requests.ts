import type { LogsPage } from '../core/logs-answer.ts';
import type { Shut } from './request-gate.ts';
import type { SweepContext } from './sweep-context.ts';
import type { UpstreamAccess } from './upstream-access.ts';

/**
 * Asks for one page of a run's logs, with one request. Throws NoPage, the reason of its signal, and as
 * `AccessTokens` does.
 */
export type AskForLogs = (
  jobId: string,
  next: string | undefined,
  signal: AbortSignal,
) => Promise<LogsPage>;

/** There is no page to be had; the message says why, for people. */
export class NoPage extends Error {
  override readonly name = 'NoPage';
}

const WHY_SHUT: Readonly<Record<Shut, string>> = {
  Paused: 'Requests to the iTwin Platform are paused.',
  BudgetSpent: 'The budget of requests is spent.',
  TimeUp: 'The sweep had no time left to read them.',
};

/**
 * The requests for logs of one sweep. They leave half of the budget alone: what finds out that a run
 * has ended at all are checks.
 */
export function createLogRequests(context: SweepContext, upstream: UpstreamAccess): AskForLogs {
  const { runLogs, report } = context;
  const { gate, pauses, session } = upstream;
  let left = Math.ceil(gate.left / 2);

  function assertOpen(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (gate.shut) throw new NoPage(WHY_SHUT[gate.shut]);
    if (left < 1) throw new NoPage(WHY_SHUT.BudgetSpent);
  }

  return async (jobId, next, signal) => {
    assertOpen(signal);
    const token = await session.token(signal);
    // While it came, requests may have been paused.
    assertOpen(signal);
    gate.admit();
    left -= 1;
    report.requests += 1;
    const answer = await runLogs.ask(jobId, next, token, signal);
    switch (answer.kind) {
      case 'Page':
        return answer;
      case 'Unreadable':
        throw new NoPage(answer.reason);
      case 'RateLimited':
        await pauses.rateLimited(answer.retryAt);
        throw new NoPage('The logs endpoint answered 429.');
    }
  };
}

import type { LogsAnswer } from '../../../functions/core/alerts/log-digest.ts';
import { parseLogs } from '../../../functions/core/kinds/extraction.ts';
import type { Api } from '../../../functions/core/kinds/kind.ts';
import { kindOf } from '../../../functions/core/kinds/kinds.ts';
import type { LogsEndpoint } from '../../../functions/core/ports.ts';
import { retryAt } from '../../../functions/core/sweeps/pause.ts';
import { SECOND } from '../../../functions/core/time.ts';
import type { Caller } from '../caller.ts';
import { limitedByQuota, retryAfter, type UpstreamConditions } from './upstream.ts';

const ASKED = new URL('https://api.bentley.com/logs');
/** How long (ms) the real adapter waits for an answer. */
const ANSWER_TIME = 5 * SECOND;

type RateLimited = Extract<LogsAnswer, { kind: 'RateLimited' }>;

/** Upstream's logs: whatever run they are of, they are of any length. */
export interface Logs {
  /** What it answers at this moment; `clock` is the asking process's. */
  answer(jobId: string, token: string, clock: () => number): LogsAnswer;
  /** Whether nobody answers at this moment. */
  isSilent(jobId: string): boolean;
}

/** Logs that meet with the same troubles as everything upstream. */
export function createLogs(conditions: UpstreamConditions): Logs {
  const { random, strikes, isOn, isTokenValid } = conditions;

  function oddAnswer(jobId: string): LogsAnswer | undefined {
    if (strikes('upstream 5xx', jobId)) return unreadable('answered 502');
    if (strikes('upstream 404', jobId)) return unreadable('answered 404');
    if (strikes('upstream drops the connection', jobId)) return unreadable('hung up');
    if (strikes('upstream talks nonsense', jobId)) return unreadable('answered nonsense');
    return undefined;
  }

  return {
    answer(jobId, token, clock) {
      if (isOn('upstream down') || isOn('upstream busy')) return unreadable('answered 503');
      if (isOn('upstream limits requests') || strikes('upstream 429', jobId)) {
        return { kind: 'RateLimited', retryAt: retryAt(retryAfter(conditions), clock()) };
      }
      if (isOn('call quota used up') || strikes('upstream 403 for the quota', jobId)) {
        return limitedByQuota(conditions, clock());
      }
      if (isOn('upstream refuses tokens') || !isTokenValid(token)) {
        return unreadable('answered 401');
      }
      return oddAnswer(jobId) ?? page(random.chance(0.3));
    },
    isSilent: (jobId) => isOn('upstream silent') || strikes('upstream hangs', jobId),
  };
}

function page(hasNext: boolean): LogsAnswer {
  return parseLogs(pageOf(hasNext), ASKED) ?? unreadable('answered nonsense');
}

/** The document that upstream answers with: one entry, and maybe a link to more. */
export function pageOf(hasNext: boolean): object {
  const logs = [{ level: 'Error', category: 'GroupQuery', message: 'No such class.' }];
  return { logs, _links: { ...(hasNext && { next: { href: '?$continuationToken=1' } }) } };
}

function unreadable(what: string): LogsAnswer {
  return { kind: 'Unreadable', reason: `Upstream ${what}.` };
}

/** The logs endpoint as one invocation reaches it. */
export function logsEndpointOf(
  logs: Logs,
  {
    call,
    clock,
    onAsked,
    onRateLimited,
  }: {
    readonly call: Caller;
    readonly clock: () => number;
    readonly onAsked: (jobId: string) => void;
    readonly onRateLimited: (jobId: string, api: Api, answer: RateLimited) => void;
  },
): LogsEndpoint {
  return {
    async ask(job, _next, token, signal) {
      const { jobId } = job;
      if (!signal.aborted) onAsked(jobId);
      const isSilent = logs.isSilent(jobId);
      const answer = await call<LogsAnswer>({
        what: `ask for the logs of ${jobId}`,
        to: 'upstream',
        signal,
        effect: () => (isSilent ? unreadable('gave no answer') : logs.answer(jobId, token, clock)),
        ...(isSilent && { takes: ANSWER_TIME }),
      });
      if (answer.kind === 'RateLimited') onRateLimited(jobId, kindOf(job).api, answer);
      return answer;
    },
  };
}

import type { LogsAnswer } from '../../core/alerts/log-digest.ts';
import { DroppedConnection } from '../../core/errors.ts';
import type { Kind } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import { parseJson } from '../../core/objects.ts';
import type { LogsEndpoint } from '../../core/ports.ts';
import { retryAfter, retryAt } from '../../core/sweeps/pause.ts';
import {
  ANSWER_TIME,
  type EndpointOptions,
  get,
  noAnswer,
  readText,
  statusUrlOf,
  without,
  withTimeout,
} from './http.ts';

/** As many entries as a page may have [iTwin Platform, insights-client]. */
const FIRST_PAGE = '?$top=1000';
/** The most of a page that is read (bytes): a thousand entries of 2 KB each. */
const PAGE_BYTES = 2 * 1024 * 1024;

/**
 * The logs endpoints, asked with the built-in `fetch`. Whatever cannot be read is
 * `Unreadable`; only what the API's own host sends is ever asked for.
 */
export function createLogsEndpoint(options: EndpointOptions): LogsEndpoint {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const api = new URL(apiUrl);

  return {
    async ask(job, next, accessToken, signal) {
      const url = new URL(`${statusUrlOf(api, job)}/logs`);
      const kind = kindOf(job);
      const { acceptVersion } = kind;
      url.search = next ?? FIRST_PAGE;
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await get(url.href, accessToken, limited, { acceptVersion });
          return await logsAnswerOf(response, kind, url, { accessToken, now: now() });
        });
      } catch (error) {
        signal.throwIfAborted();
        const fault = error instanceof DroppedConnection ? error.cause : error;
        return unreadable(noAnswer(fault, 'logs endpoint', timeoutMs).message);
      }
    },
  };
}

async function logsAnswerOf(
  response: Response,
  kind: Kind,
  asked: URL,
  { accessToken, now }: { readonly accessToken: string; readonly now: number },
): Promise<LogsAnswer> {
  const { status, headers } = response;
  if (status === 200) {
    return pageOf(without(accessToken, await readText(response, PAGE_BYTES)), kind, asked);
  }
  // The status says it all, even when the rest of the answer never comes.
  await readText(response).catch(() => undefined);
  const after = headers.get('retry-after');
  if (status === 429) return { kind: 'RateLimited', retryAt: retryAt(after, now) };
  const replenished = status === 403 ? retryAfter(after, now) : undefined;
  if (replenished !== undefined) {
    return { kind: 'RateLimited', retryAt: replenished, cause: 'QuotaUsedUp' };
  }
  return unreadable(`The logs endpoint answered ${status}.`);
}

function pageOf(body: string | undefined, kind: Kind, asked: URL): LogsAnswer {
  if (body === undefined) return unreadable('The logs endpoint answered with more than 2 MiB.');
  const document = parseJson(body);
  if (document === undefined) {
    return unreadable('The logs endpoint answered 200 with something that is not JSON.');
  }
  const page = kind.logs?.parse(document, asked);
  return page ?? unreadable('The logs endpoint answered 200 without a list of logs.');
}

function unreadable(reason: string): LogsAnswer {
  return { kind: 'Unreadable', reason };
}

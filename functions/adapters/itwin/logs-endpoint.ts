import type { LogsAnswer } from '../../core/alerts/log-digest.ts';
import type { Kind } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import { parseJson } from '../../core/objects.ts';
import type { LogsEndpoint } from '../../core/ports.ts';
import { errorAnswerOf } from './endpoints.ts';
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
          if (response.status === 200)
            return pageOf(without(accessToken, await readText(response, PAGE_BYTES)), kind, url);
          const answer = await errorAnswerOf(response, 'logs endpoint', {
            accessToken,
            now: now(),
          });
          if (answer.kind === 'RateLimited') return answer;
          return unreadable(`The logs endpoint answered ${response.status}.`);
        });
      } catch (error) {
        signal.throwIfAborted();
        return unreadable(noAnswer(error, 'logs endpoint', timeoutMs).message);
      }
    },
  };
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

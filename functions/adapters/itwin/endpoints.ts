import type { LogsAnswer } from '../../core/alerts/log-digest.ts';
import { DroppedConnection } from '../../core/errors.ts';
import type { Answer, CheckErrorName, FailedObservation } from '../../core/jobs/observation.ts';
import { parseLogs, parseStatus } from '../../core/kinds/reporting-extraction.ts';
import { parseJson } from '../../core/objects.ts';
import type { LogsEndpoint, StatusEndpoint } from '../../core/ports.ts';
import { retryAt } from '../../core/sweeps/pause.ts';
import {
  ANSWER_TIME,
  type EndpointOptions,
  get,
  noAnswer,
  readText,
  statusUrl,
  withTimeout,
} from './http.ts';

/** A few hundred bytes: to undo a compression takes longer than it saves. */
const UNCOMPRESSED = { 'accept-encoding': 'identity' };

/**
 * The status endpoint of the Reporting API, asked with the built-in `fetch`.
 *
 * Contract: https://developer.bentley.com/apis/insights/operations/get-extraction-status/. The HTTP
 * status decides; error bodies are read only so that the connection can be used again.
 */
export function createStatusEndpoint(options: EndpointOptions): StatusEndpoint {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const api = new URL(apiUrl);

  return {
    async ask(jobId, accessToken, signal) {
      const url = statusUrl(api, jobId);
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await get(url, accessToken, limited, UNCOMPRESSED);
          return await statusAnswerOf(response, api, now());
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DroppedConnection) throw error;
        return { kind: 'Failed', error: noAnswer(error, 'status endpoint', timeoutMs) };
      }
    },
  };
}

async function statusAnswerOf(response: Response, api: URL, now: number): Promise<Answer> {
  if (response.status === 200) return parseStatus(await readText(response), api);
  // The status says it all, even when the rest of the answer never comes.
  await readText(response).catch(() => undefined);
  return answerWithoutBody(response, now);
}

function answerWithoutBody({ status, headers }: Response, now: number): Answer {
  switch (status) {
    case 401:
      return { kind: 'Unauthorized' };
    case 403:
    case 404:
      return { kind: 'Missing', status };
    case 429:
      return { kind: 'RateLimited', retryAt: retryAt(headers.get('retry-after'), now) };
    default:
      return status >= 500 && status <= 599
        ? failed('ServerError', `The status endpoint answered ${status}.`)
        : failed('UnexpectedStatus', `The status endpoint answered ${status}, not 200.`);
  }
}

function failed(name: CheckErrorName, message: string): FailedObservation {
  return { kind: 'Failed', error: { name, message } };
}

/** As many entries as a page may have [iTwin Platform, insights-client]. */
const FIRST_PAGE = '?$top=1000';
/** The most of a page that is read (bytes): a thousand entries of 2 KB each. */
const PAGE_BYTES = 2 * 1024 * 1024;

/**
 * The logs endpoint of the Reporting API, asked with the built-in `fetch`. Whatever cannot be read is
 * `Unreadable`; only what the API's own host sends is ever asked for.
 */
export function createLogsEndpoint(options: EndpointOptions): LogsEndpoint {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const api = new URL(apiUrl);

  return {
    async ask(jobId, next, accessToken, signal) {
      const url = new URL(`${statusUrl(api, jobId)}/logs`);
      url.search = next ?? FIRST_PAGE;
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await get(url.href, accessToken, limited);
          return await logsAnswerOf(response, url, now());
        });
      } catch (error) {
        signal.throwIfAborted();
        const fault = error instanceof DroppedConnection ? error.cause : error;
        return unreadable(noAnswer(fault, 'logs endpoint', timeoutMs).message);
      }
    },
  };
}

async function logsAnswerOf(response: Response, asked: URL, now: number): Promise<LogsAnswer> {
  const { status, headers } = response;
  if (status === 200) return pageOf(await readText(response, PAGE_BYTES), asked);
  // The status says it all, even when the rest of the answer never comes.
  await readText(response).catch(() => undefined);
  return status === 429
    ? { kind: 'RateLimited', retryAt: retryAt(headers.get('retry-after'), now) }
    : unreadable(`The logs endpoint answered ${status}.`);
}

function pageOf(body: string | undefined, asked: URL): LogsAnswer {
  if (body === undefined) return unreadable('The logs endpoint answered with more than 2 MiB.');
  const document = parseJson(body);
  if (document === undefined) {
    return unreadable('The logs endpoint answered 200 with something that is not JSON.');
  }
  const page = parseLogs(document, asked);
  return page ?? unreadable('The logs endpoint answered 200 without a list of logs.');
}

function unreadable(reason: string): LogsAnswer {
  return { kind: 'Unreadable', reason };
}

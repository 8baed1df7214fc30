import type { LogsAnswer } from '../../core/alerts/log-digest.ts';
import { DroppedConnection } from '../../core/errors.ts';
import type { Answer, CheckErrorName, FailedObservation } from '../../core/jobs/observation.ts';
import { parseLogs, parseStatus } from '../../core/kinds/reporting-extraction.ts';
import { parseJson } from '../../core/objects.ts';
import type { LogsEndpoint, StatusEndpoint } from '../../core/ports.ts';
import { causeOfRefusal } from '../../core/sweeps/causes.ts';
import { retryAfter, retryAt } from '../../core/sweeps/pause.ts';
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

/** The most of an error's body that is read (bytes): for its codes alone. */
const ERROR_BYTES = 4_096;

/**
 * The status endpoint of the Reporting API, asked with the built-in `fetch`.
 *
 * Contract: https://developer.bentley.com/apis/insights/operations/get-extraction-status/. The HTTP
 * status decides; of an error's body only codes are of account.
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
          return await statusAnswerOf(response, { api, accessToken, now: now() });
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DroppedConnection) throw error;
        return { kind: 'Failed', error: noAnswer(error, 'status endpoint', timeoutMs) };
      }
    },
  };
}

/** What an answer is read with. `now`: ms since the epoch. */
interface Asked {
  readonly api: URL;
  readonly accessToken: string;
  readonly now: number;
}

async function statusAnswerOf(
  response: Response,
  { api, accessToken, now }: Asked,
): Promise<Answer> {
  const { status, headers } = response;
  if (status === 200) return parseStatus(without(accessToken, await readText(response)), api);
  // The status says enough, even when the rest of the answer never comes.
  const body = (await readText(response, ERROR_BYTES).catch(() => undefined)) ?? '';
  const correlationId = correlationIdOf(response, accessToken);
  const answer = answerOfStatus(status, body, retryAfter(headers.get('retry-after'), now), now);
  return { ...answer, ...(correlationId !== undefined && { correlationId }) };
}

/** @param retry what `retry-after` says (ms since the epoch) */
function answerOfStatus(
  status: number,
  body: string,
  retry: number | undefined,
  now: number,
): Answer {
  const cause = status === 401 || status === 403 ? causeOfRefusal(status, body) : undefined;
  switch (status) {
    case 202:
      return { kind: 'Pending' };
    case 401:
      return { kind: 'Unauthorized', ...(cause && { cause }) };
    case 403:
      // The gateway says so of a quota that is used up; a run that may not be seen has no such time.
      if (retry !== undefined) return { kind: 'RateLimited', retryAt: retry, cause: 'QuotaUsedUp' };
      return { kind: 'Missing', status };
    case 404:
      return { kind: 'Missing', status };
    case 429:
      return { kind: 'RateLimited', retryAt: retry ?? retryAt(null, now) };
    case 503:
      return { ...serverError(status), ...(retry !== undefined && { retryAt: retry }) };
    default:
      return status >= 500 && status <= 599
        ? serverError(status)
        : failed('UnexpectedStatus', `The status endpoint answered ${status}, not 200.`);
  }
}

function serverError(status: number): FailedObservation {
  return failed('ServerError', `The status endpoint answered ${status}.`);
}

function failed(name: CheckErrorName, message: string): FailedObservation {
  return { kind: 'Failed', error: { name, message } };
}

/** The id by which Bentley's support finds a request, where it is one: anything else is left out. */
function correlationIdOf({ headers }: Response, accessToken: string): string | undefined {
  const id = without(accessToken, headers.get('x-correlation-id') ?? '');
  return id && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

/** Anything shorter is no secret, but may be part of a word. */
const SHORTEST_SECRET = 16;

/** What upstream says, without our own token: a proxy that echoes requests must not spread it. */
function without(accessToken: string, text: string | undefined): string | undefined {
  return accessToken.length < SHORTEST_SECRET ? text : text?.replaceAll(accessToken, '(a secret)');
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
          return await logsAnswerOf(response, url, accessToken, now());
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
  asked: URL,
  accessToken: string,
  now: number,
): Promise<LogsAnswer> {
  const { status, headers } = response;
  if (status === 200) {
    return pageOf(without(accessToken, await readText(response, PAGE_BYTES)), asked);
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

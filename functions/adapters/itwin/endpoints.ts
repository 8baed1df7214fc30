import { DroppedConnection } from '../../core/errors.ts';
import type {
  Answer,
  CheckErrorName,
  FailedObservation,
  PendingObservation,
  StatusObservation,
} from '../../core/jobs/observation.ts';
import type { Kind } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import { parseStatus, STATUS_BYTES } from '../../core/kinds/run-body.ts';
import { parseRuns, runsUrl } from '../../core/kinds/run-list.ts';
import type { RunLists, StatusEndpoint } from '../../core/ports.ts';
import { causeOfRefusal } from '../../core/sweeps/causes.ts';
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

/** A few hundred bytes: to undo a compression takes longer than it saves. */
const UNCOMPRESSED = { 'accept-encoding': 'identity' };

/** The most of an error's body that is read (bytes): for its codes alone. */
const ERROR_BYTES = 4_096;

/**
 * The status endpoints, asked with the built-in `fetch`: what differs is the kind's. The HTTP status
 * decides; of an error's body only codes are of account.
 */
export function createStatusEndpoint(options: EndpointOptions): StatusEndpoint {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const api = new URL(apiUrl);

  return {
    async ask(job, accessToken, signal) {
      const url = statusUrlOf(api, job);
      const kind = kindOf(job);
      const { acceptVersion } = kind;
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await get(url, accessToken, limited, {
            acceptVersion,
            headers: UNCOMPRESSED,
          });
          return await statusAnswerOf(response, kind, { api, accessToken, now: now() });
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
  kind: Kind,
  { api, accessToken, now }: Asked,
): Promise<Answer> {
  if (response.status === 200) {
    const body = await readText(response, kind.maxBytes ?? STATUS_BYTES);
    return parseStatus(kind, without(accessToken, body), api);
  }
  if (response.status === 202) {
    await readText(response).catch(() => undefined);
    return { kind: 'Pending' };
  }
  return await errorAnswerOf(response, 'status endpoint', { accessToken, now });
}

type ErrorAnswer = Exclude<Answer, StatusObservation | PendingObservation>;

/** What an answer means that is no 200. */
export async function errorAnswerOf(
  response: Response,
  endpoint: string,
  { accessToken, now }: Omit<Asked, 'api'>,
): Promise<ErrorAnswer> {
  const { status, headers } = response;
  // The status says enough, even when the rest of the answer never comes.
  const body = (await readText(response, ERROR_BYTES).catch(() => undefined)) ?? '';
  const correlationId = correlationIdOf(response, accessToken);
  const retry = retryAfter(headers.get('retry-after'), now);
  const answer = answerOfStatus({ status, body, endpoint, retry }, now);
  return { ...answer, ...(correlationId !== undefined && { correlationId }) };
}

/** An answer that is no 200. `retry`: what `retry-after` says (ms since the epoch). */
interface ErrorResponse {
  readonly status: number;
  readonly body: string;
  readonly endpoint: string;
  readonly retry: number | undefined;
}

function answerOfStatus(
  { status, body, endpoint, retry }: ErrorResponse,
  now: number,
): ErrorAnswer {
  const cause = status === 401 || status === 403 ? causeOfRefusal(status, body) : undefined;
  switch (status) {
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
      return { ...serverError(status, endpoint), ...(retry !== undefined && { retryAt: retry }) };
    default:
      return status >= 500 && status <= 599
        ? serverError(status, endpoint)
        : failed('UnexpectedStatus', `The ${endpoint} answered ${status}, not 200.`);
  }
}

function serverError(status: number, endpoint: string): FailedObservation {
  return failed('ServerError', `The ${endpoint} answered ${status}.`);
}

function failed(name: CheckErrorName, message: string): FailedObservation {
  return { kind: 'Failed', error: { name, message } };
}

/** The id by which Bentley's support finds a request, where it is one: anything else is left out. */
function correlationIdOf({ headers }: Response, accessToken: string): string | undefined {
  const id = without(accessToken, headers.get('x-correlation-id') ?? '');
  return id && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

/** The most of a page of runs that is read (bytes): a hundred runs of 2 KB each. */
const RUNS_BYTES = 256 * 1024;

/** The lists of the runs of an iModel, asked with the built-in `fetch`. */
export function createRunLists(options: EndpointOptions): RunLists {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const api = new URL(apiUrl);

  return {
    async ask({ iModelId, source }, next, accessToken, signal) {
      const url = runsUrl(source, api, iModelId, next);
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await get(url.href, accessToken, limited);
          if (response.status !== 200)
            return await errorAnswerOf(response, 'list of runs', { accessToken, now: now() });
          const body = without(accessToken, await readText(response, RUNS_BYTES));
          const page = parseRuns(source, body, url);
          const what = 'The list of runs answered 200 with no list that can be followed.';
          return page ? { kind: 'Page', ...page } : failed('UnexpectedResponse', what);
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DroppedConnection) throw error;
        return { kind: 'Failed', error: noAnswer(error, 'list of runs', timeoutMs) };
      }
    },
  };
}

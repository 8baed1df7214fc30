import { DroppedConnection } from '../core/errors.ts';
import { parseJobId } from '../core/job-id.ts';
import type { Answer, CheckErrorName, FailedObservation } from '../core/observation.ts';
import type { StatusEndpoint } from '../core/ports.ts';
import { retryAt } from '../core/retry-after.ts';
import { failureCode, fetchFailure } from './fetch-failure.ts';
import { readText } from './read-text.ts';
import { parseStatus } from './status-body.ts';
import { USER_AGENT } from './user-agent.ts';
import { TimedOut, withTimeout } from './with-timeout.ts';

/** Settings of the status endpoint. */
interface StatusEndpointOptions {
  /** Where the API is: only its scheme, host and port are used. */
  readonly apiUrl: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /**
   * How long (ms) an answer may take, body included.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
}

/** Something other than a job id was about to get into a URL. */
export class InvalidJobId extends Error {
  override readonly name = 'InvalidJobId';
}

const TIMEOUT = 5_000;

/** What `fetch` fails with when the other side has closed a connection that was kept alive. */
const DROPPED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** How the codes of zlib, Brotli and Zstandard begin: the body is not what its encoding says. */
const UNDECODABLE = /^(Z_|ERR__|ZSTD_)/;

/**
 * The status endpoint of the Reporting API, asked with the built-in `fetch`.
 *
 * Contract: https://developer.bentley.com/apis/insights/operations/get-extraction-status/. The HTTP
 * status decides; error bodies are read only so that the connection can be used again.
 *
 * Whether a broken connection was a kept-alive one, `fetch` does not tell. One that is closed before
 * an answer has begun counts as such (`DroppedConnection`): asking once more does no harm.
 */
export function createStatusEndpoint(options: StatusEndpointOptions): StatusEndpoint {
  const { apiUrl, now, timeoutMs = TIMEOUT } = options;
  const api = new URL(apiUrl);

  return {
    async ask(jobId, accessToken, signal) {
      const url = statusUrl(api, jobId);
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await request(url, accessToken, limited);
          return await answerOf(response, api, now());
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DroppedConnection) throw error;
        return failure(error, timeoutMs);
      }
    },
  };
}

function statusUrl({ origin }: URL, text: string): string {
  const jobId = parseJobId(text);
  if (jobId === undefined) {
    throw new InvalidJobId('A job id must be a UUID: remove the item with another one from Jobs.');
  }
  return `${origin}/insights/reporting/datasources/extraction/status/${jobId}`;
}

async function request(url: string, accessToken: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        accept: 'application/vnd.bentley.itwin-platform.v1+json',
        // A few hundred bytes: to undo a compression takes longer than it saves.
        'accept-encoding': 'identity',
        authorization: `Bearer ${accessToken}`,
        'user-agent': USER_AGENT,
      },
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    if (!DROPPED.has(failureCode(error))) throw error;
    throw new DroppedConnection('The connection was closed before an answer came: ask once more.', {
      cause: error,
    });
  }
}

async function answerOf(response: Response, api: URL, now: number): Promise<Answer> {
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

function failure(error: unknown, timeoutMs: number): FailedObservation {
  if (error instanceof TimedOut) {
    return failed('Timeout', `The status endpoint gave no whole answer within ${timeoutMs} ms.`);
  }
  const why = fetchFailure(error);
  return UNDECODABLE.test(failureCode(error))
    ? failed('UnexpectedResponse', `The body of the answer does not fit its encoding: ${why}.`)
    : failed('ConnectionFailed', `The connection to the status endpoint failed: ${why}.`);
}

function failed(name: CheckErrorName, message: string): FailedObservation {
  return { kind: 'Failed', error: { name, message } };
}

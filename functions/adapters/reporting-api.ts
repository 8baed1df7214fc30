import { SECOND } from '../core/durations.ts';
import { DroppedConnection } from '../core/errors.ts';
import { parseJobId } from '../core/job-id.ts';
import type { CheckError } from '../core/observation.ts';
import { failureCode, fetchFailure } from './fetch-failure.ts';
import { USER_AGENT } from './user-agent.ts';
import { TimedOut } from './with-timeout.ts';

/** Settings of an endpoint of the Reporting API. */
export interface EndpointOptions {
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

/** How long (ms) an endpoint may take to answer if nothing else is said. */
export const ANSWER_TIME = 5_000;

/** What `fetch` fails with when the other side has closed a connection that was kept alive. */
const DROPPED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** How the codes of zlib, Brotli and Zstandard begin: the body is not what its encoding says. */
const UNDECODABLE = /^(Z_|ERR__|ZSTD_)/;

/**
 * Where the status of a run is.
 *
 * @throws InvalidJobId
 */
export function statusUrl({ origin }: URL, text: string): string {
  const jobId = parseJobId(text);
  if (jobId === undefined) {
    throw new InvalidJobId('A job id must be a UUID: remove the item with another one from Jobs.');
  }
  return `${origin}/insights/reporting/datasources/extraction/status/${jobId}`;
}

/**
 * One GET. Redirects are not followed.
 *
 * Whether a broken connection was a kept-alive one, `fetch` does not tell. One that is closed before
 * an answer has begun counts as such: asking once more does no harm.
 *
 * @throws DroppedConnection, or what `fetch` throws
 */
export async function get(
  url: string,
  accessToken: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        accept: 'application/vnd.bentley.itwin-platform.v1+json',
        authorization: `Bearer ${accessToken}`,
        'user-agent': USER_AGENT,
        ...headers,
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

/** Why an endpoint gave no answer, or none that can be read: in a sentence that names it. */
export function noAnswer(error: unknown, endpoint: string, timeoutMs: number): CheckError {
  if (error instanceof TimedOut) {
    const message = `The ${endpoint} gave no whole answer within ${timeoutMs / SECOND} s.`;
    return { name: 'Timeout', message };
  }
  const why = fetchFailure(error);
  if (UNDECODABLE.test(failureCode(error))) {
    const message = `The body of the answer does not fit its encoding: ${why}.`;
    return { name: 'UnexpectedResponse', message };
  }
  const message = `The connection to the ${endpoint} failed: ${why}.`;
  return { name: 'ConnectionFailed', message };
}

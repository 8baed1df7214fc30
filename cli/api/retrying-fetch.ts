import pRetry from 'p-retry';
import { ApiRefused, ApiUnavailable, isTold } from '../errors.ts';
import { plain } from '../text.ts';
import type { Fetch } from './signed-fetch.ts';

/** How long (ms) one request may take: API Gateway itself gives up after 30 s. */
const REQUEST_TIMEOUT = 35_000;

/** How requests are tried again. */
export interface Retries {
  /** For how long (ms) to try again, as of now; 0: not at all. */
  readonly retryMs: () => number;
  /** Aborted when nobody waits for an answer any more. */
  readonly signal: AbortSignal;
  /** Told of every try that failed and is followed by another. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * A `fetch` that tries again, ever more slowly, while there is no answer, or one that says to try
 * again: any request to this API may be repeated. Rejects with `ApiUnavailable` in the end.
 */
export function createRetryingFetch(send: Fetch, retries: Retries): Fetch {
  const { signal, onTrouble } = retries;
  return async (request) => {
    const retryMs = retries.retryMs();
    try {
      return await pRetry(() => attempt(send, request, signal), {
        retries: Number.POSITIVE_INFINITY,
        maxRetryTime: retryMs,
        minTimeout: 500,
        maxTimeout: 30_000,
        randomize: true,
        signal,
        shouldRetry({ error }) {
          if (!(error instanceof ApiUnavailable)) return false;
          onTrouble(error);
          return true;
        },
      });
    } catch (cause) {
      if (!(cause instanceof ApiUnavailable) || retryMs === 0) throw cause;
      throw new ApiUnavailable(
        `${cause.message}. Given up after ${Math.round(retryMs / 1000)} s.`,
        { cause },
      );
    }
  };
}

async function attempt(send: Fetch, request: Request, stop: AbortSignal): Promise<Response> {
  const { origin } = new URL(request.url);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(REQUEST_TIMEOUT)]);
  try {
    // Redirects are not followed: what is signed, or has a token, is for this host alone.
    const response = await send(new Request(request.clone(), { signal, redirect: 'manual' }));
    const body = await response.arrayBuffer();
    const { status, statusText, headers } = response;
    const isHealth = isHealthOf(request, body);
    if (isWorthAnotherTry(status) && !isHealth) {
      throw new ApiUnavailable(plain(`${origin} answers ${status} ${statusText}`));
    }
    const hasBody = response.ok && status !== 204;
    const isSaid = /\bjson\b/.test(headers.get('content-type') ?? '');
    if (hasBody && !(isSaid && isJsonObject(body))) {
      throw new ApiRefused(`${origin} does not answer in JSON: is it the URL of the API?`);
    }
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
  } catch (cause) {
    if (isTold(cause)) throw cause;
    throw new ApiUnavailable(`No answer from ${origin}: ${reasonOf(cause)}`, { cause });
  }
}

/** Whether a body is what all answers with one are. What is not would end the command as a fault of ours. */
function isJsonObject(body: ArrayBuffer): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** 429: throttled; 5xx: no answer in time, or a fault. */
function isWorthAnotherTry(status: number): boolean {
  return status === 429 || status >= 500;
}

/** A 503 that says that the monitor fails is an answer, and no failure of the API. */
function isHealthOf({ url }: Request, body: ArrayBuffer): boolean {
  return new URL(url).pathname.endsWith('/health') && Buffer.from(body).includes('"lastSweepAt"');
}

/** `fetch` itself says no more than "fetch failed"; why, says its cause, or the causes of that. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

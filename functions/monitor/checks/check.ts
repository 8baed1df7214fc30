import { DroppedConnection, isTokenFault } from '../../core/errors.ts';
import type { Answer, FailedObservation } from '../../core/jobs/observation.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** No request left: none may any more, the sweep is over, or the token took all the time there was. */
interface NotAsked {
  readonly kind: 'NotAsked';
}

const NOT_ASKED: NotAsked = { kind: 'NotAsked' };

/** What came of a check. */
export type CheckResult = Answer | NotAsked;

/** One request, with the token and the signal that it is given. */
type Send<T> = (accessToken: string, signal: AbortSignal) => Promise<T>;

/**
 * Asks upstream once. The first request is taken from the budget by whoever asks; a retry takes one of
 * its own. `Unauthorized` means that even a renewed token is refused.
 */
export type Ask = <T extends { readonly kind: string }>(
  send: Send<T>,
) => Promise<T | FailedObservation | NotAsked>;

/** Asks for one sweep. */
export function createAsk(context: SweepContext, upstream: Upstream): Ask {
  const nextLimit = createCheckLimit(context);

  /** A kept-alive connection may be closed by the other side just as a request sets out on it. */
  async function askOnLiveConnection<T>(send: Send<T>, token: string, signal: AbortSignal) {
    upstream.sends();
    try {
      return await send(token, signal);
    } catch (error) {
      if (!(error instanceof DroppedConnection && upstream.take())) throw error;
      upstream.sends();
      return await send(token, signal);
    }
  }

  async function askWithGoodToken<T extends { readonly kind: string }>(
    send: Send<T>,
    signal: AbortSignal,
  ): Promise<T | NotAsked> {
    const token = await upstream.token();
    // While it came, all the time may have gone into it, and requests may have been paused.
    if (signal.aborted || upstream.breaker.isOpen) return NOT_ASKED;
    const answer = await askOnLiveConnection(send, token, signal);
    if (answer.kind !== 'Unauthorized') return answer;
    const renewed = await upstream.renewedAfter(token);
    if (renewed === undefined) return answer;
    if (signal.aborted) return NOT_ASKED;
    return upstream.take() ? await askOnLiveConnection(send, renewed, signal) : NOT_ASKED;
  }

  return async (send) => {
    const limit = nextLimit();
    try {
      return await askWithGoodToken(send, limit);
    } catch (error) {
      if (context.signal.aborted) return NOT_ASKED;
      // However late it comes: no token is never the job's fault.
      if (isTokenFault(error)) throw error;
      if (error instanceof DroppedConnection) return failed('ConnectionFailed', error.message);
      if (limit.aborted) return failed('Timeout', `No answer within ${CHECK_TIME / SECOND} s.`);
      throw error;
    }
  };
}

function failed(name: 'ConnectionFailed' | 'Timeout', message: string): FailedObservation {
  return { kind: 'Failed', error: { name, message } };
}

/** The most time (ms) that one check may take, renewal and retries included. */
export const CHECK_TIME = 10 * SECOND;

/** Checks that start within so many ms share a limit. */
const SHARED_FOR = 100;

/**
 * Gives each check of a sweep the signal that ends it: when its time is up, or the sweep's. Of its
 * own for each of thousands of checks, a timer and a joined signal would be a quarter of their CPU.
 */
export function createCheckLimit({
  time,
  signal,
}: Pick<SweepContext, 'time' | 'signal'>): () => AbortSignal {
  let limit: AbortSignal | undefined;
  let since = 0;
  return () => {
    const now = time.now();
    if (limit === undefined || Math.abs(now - since) >= SHARED_FOR) {
      limit = AbortSignal.any([signal, time.timeout(CHECK_TIME)]);
      since = now;
    }
    return limit;
  };
}

import { DroppedConnection, isTokenFault } from '../../core/errors.ts';
import type { Answer } from '../../core/jobs/observation.ts';
import type { JobRef } from '../../core/ports.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * What came of a check; `NotAsked` when no request may leave any more, the sweep is over, or the token
 * took all the time there was.
 */
export type CheckResult = Answer | { readonly kind: 'NotAsked' };

const NOT_ASKED: CheckResult = { kind: 'NotAsked' };

/** Asks the status endpoint about one job, once. */
export type Check = (job: JobRef) => Promise<CheckResult>;

/**
 * Checks for one sweep. The first request of a check is taken from the budget by whoever asks for
 * the check; a retry takes one of its own. `Unauthorized` means that even a renewed token is
 * refused.
 */
export function createCheck(context: SweepContext, upstream: Upstream): Check {
  const { status, report } = context;
  const nextLimit = createCheckLimit(context);

  function ask(job: JobRef, token: string, signal: AbortSignal): Promise<CheckResult> {
    report.requests += 1;
    return status.ask(job, token, signal);
  }

  /** A kept-alive connection may be closed by the other side just as a request sets out on it. */
  async function askOnLiveConnection(job: JobRef, token: string, signal: AbortSignal) {
    try {
      return await ask(job, token, signal);
    } catch (error) {
      if (!(error instanceof DroppedConnection && upstream.take())) throw error;
      return await ask(job, token, signal);
    }
  }

  async function askWithGoodToken(job: JobRef, signal: AbortSignal): Promise<CheckResult> {
    const token = await upstream.token();
    // While it came, all the time may have gone into it, and requests may have been paused.
    if (signal.aborted || upstream.breaker.isOpen) return NOT_ASKED;
    const answer = await askOnLiveConnection(job, token, signal);
    if (answer.kind !== 'Unauthorized') return answer;
    const renewed = await upstream.renewedAfter(token);
    if (renewed === undefined) return answer;
    if (signal.aborted) return NOT_ASKED;
    return upstream.take() ? await askOnLiveConnection(job, renewed, signal) : NOT_ASKED;
  }

  return async (job) => {
    const limit = nextLimit();
    try {
      return await askWithGoodToken(job, limit);
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

function failed(name: 'ConnectionFailed' | 'Timeout', message: string): CheckResult {
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

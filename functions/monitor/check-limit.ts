import { SECOND } from '../core/durations.ts';
import type { SweepContext } from './sweep-context.ts';

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

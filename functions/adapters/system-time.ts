import type { TimeSource } from '../core/ports.ts';

/** The time of the machine. */
export const systemTime: TimeSource = {
  now: () => Date.now(),
  timeout: (ms) => AbortSignal.timeout(ms),
};

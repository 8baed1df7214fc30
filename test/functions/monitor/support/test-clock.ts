import type { TimeSource } from '../../../../functions/core/ports.ts';

/** A clock that stands still until it is moved. */
export interface TestClock extends TimeSource {
  /** Moves on by so many ms. Timeouts that are due by then abort, as they do in real time. */
  advance(ms: number): void;
}

/**
 * A clock for one world.
 *
 * @param start where it stands at first (ms since the epoch)
 */
export function createTestClock(start: number): TestClock {
  const alarms = new Map<AbortController, number>();
  let now = start;
  return {
    now: () => now,
    timeout(ms) {
      const alarm = new AbortController();
      alarms.set(alarm, now + ms);
      return AbortSignal.any([alarm.signal, AbortSignal.timeout(ms)]);
    },
    advance(ms) {
      now += ms;
      for (const [alarm, at] of alarms) {
        if (at > now) continue;
        alarms.delete(alarm);
        alarm.abort(new DOMException('The time is up.', 'TimeoutError'));
      }
    },
  };
}

import type { TimeSource } from '../../../../functions/core/ports.ts';

/** A clock that stands still until it is moved. */
export interface TestClock extends TimeSource {
  /** Moves on by so many ms. Timeouts that are due by then abort. */
  advance(ms: number): void;
}

/**
 * A clock for one world.
 *
 * @param start where it stands at first (ms since the epoch)
 * @param timeScale what becomes of a timeout that nobody moves the clock for: it aborts after so many
 * times its duration of real time
 */
export function createTestClock(start: number, timeScale: number): TestClock {
  const alarms = new Map<AbortController, number>();
  let now = start;
  return {
    now: () => now,
    timeout(ms) {
      const alarm = new AbortController();
      alarms.set(alarm, now + ms);
      return AbortSignal.any([alarm.signal, AbortSignal.timeout(ms * timeScale)]);
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

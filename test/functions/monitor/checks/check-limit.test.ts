import { beforeEach, expect, it } from 'vitest';
import { SECOND } from '../../../../functions/core/time.ts';
import { CHECK_TIME, createCheckLimit } from '../../../../functions/monitor/checks/check.ts';
import { createTestClock, type TestClock } from '../support/test-clock.ts';

let time: TestClock;
let sweep: AbortController;
let limit: () => AbortSignal;
beforeEach(() => {
  time = createTestClock(0);
  sweep = new AbortController();
  limit = createCheckLimit({ time, signal: sweep.signal });
});

it('ends a check after 10 s, and none much earlier', () => {
  const first = limit();
  time.advance(0.1 * SECOND);
  const second = limit();
  time.advance(CHECK_TIME - 0.1 * SECOND);
  expect([first.aborted, second.aborted]).toEqual([true, false]);
  time.advance(0.1 * SECOND);
  expect(second.aborted).toBe(true);
});

it('ends every check with the sweep', () => {
  const limits = [limit(), limit()];
  sweep.abort();
  expect(limits.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(limit().aborted).toBe(true);
});

it('is not made anew for each of many checks that start together', () => {
  expect(limit()).toBe(limit());
});

it('gives a check its whole time when the clock has been set back', () => {
  const first = limit();
  time.advance(-SECOND);
  expect(limit()).not.toBe(first);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterWalk,
  budgetAt,
  type Checkpoint,
  firstCheckpoint,
  isLeased,
  takeLease,
  type Walked,
} from '../../../functions/core/checkpoint.ts';
import { HOUR, MINUTE } from '../../../functions/core/durations.ts';
import { backoff } from '../../../functions/core/pause.ts';
import { retryAt } from '../../../functions/core/retry-after.ts';
import { START } from './arbitraries.ts';

const FIRST = firstCheckpoint(START, 60);
const WALKED: Walked = {
  startedAt: START,
  last: 'k',
  settled: 3,
  isPassComplete: false,
  tally: { alive: 2, missing: 1 },
  budgetLeft: 7,
  pause: undefined,
  pauseCount: 0,
};

describe('the budget', () => {
  it('is one minute full at first, and fills by the clock', () => {
    expect(budgetAt(FIRST, START, 60)).toBe(60);
    const spent = { ...FIRST, budget: 0 };
    expect(budgetAt(spent, START + 5_000, 60)).toBe(5);
    expect(budgetAt(spent, START + HOUR, 60)).toBe(60);
  });

  it('never lets more requests out than the rate and one minute allow, however sweeps come', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 5 * MINUTE }), { minLength: 1 });
    fc.assert(
      fc.property(waits, (gaps) => {
        let checkpoint: Checkpoint = FIRST;
        let now = START;
        let made = 0;
        for (const gap of gaps) {
          now += gap;
          const requests = Math.floor(budgetAt(checkpoint, now, 60));
          made += requests;
          const budgetLeft = budgetAt(checkpoint, now, 60) - requests;
          checkpoint = { ...checkpoint, budget: budgetLeft, budgetAt: now };
        }
        expect(made).toBeLessThanOrEqual(60 + ((now - START) / MINUTE) * 60 + 1e-6);
      }),
    );
  });

  it('does not grow when a clock goes backwards', () => {
    expect(budgetAt({ ...FIRST, budget: 3 }, START - HOUR, 60)).toBe(3);
  });

  it('goes with the lease: a sweep that dies gives nothing back', () => {
    expect(takeLease(FIRST, START)).toMatchObject({ budget: 0, budgetAt: START, version: 1 });
  });
});

describe('the lease', () => {
  it('is held for a minute', () => {
    const leased = takeLease(FIRST, START);
    expect(isLeased(FIRST, START)).toBe(false);
    expect(isLeased(leased, START + MINUTE - 1)).toBe(true);
    expect(isLeased(leased, START + MINUTE)).toBe(false);
  });
});

describe('the awake clock', () => {
  const awake = (checkpoint: Checkpoint, now: number) => takeLease(checkpoint, now).awake;

  it('runs from sweep to sweep', () => {
    expect(awake({ ...FIRST, lastSweepAt: START, awake: 10 }, START + MINUTE)).toBe(10 + MINUTE);
  });

  it('stands still while requests are paused', () => {
    const pause = { until: START + MINUTE, reason: 'UpstreamDown' } as const;
    const paused = { ...FIRST, lastSweepAt: START, pause };
    expect(awake(paused, START + MINUTE / 2)).toBe(0);
    expect(awake(paused, START + 3 * MINUTE)).toBe(2 * MINUTE);
  });

  it('gives the sweep that ends a pause a minute of its own, once', () => {
    const pause = { until: START + MINUTE, reason: 'UpstreamFault' } as const;
    const paused = { ...FIRST, lastSweepAt: START, pause };
    expect(awake(paused, START + MINUTE)).toBe(MINUTE);
    const died = takeLease(paused, START + MINUTE);
    expect(awake(died, START + 2 * MINUTE)).toBe(2 * MINUTE);
  });

  it('does not count the hours in which no sweep came', () => {
    expect(awake({ ...FIRST, lastSweepAt: START }, START + 9 * HOUR)).toBe(5 * MINUTE);
  });

  it('does not count a minute twice when the sweep in between died', () => {
    const died = takeLease({ ...FIRST, lastSweepAt: START }, START + MINUTE);
    expect(awake(died, START + 2 * MINUTE)).toBe(2 * MINUTE);
  });
});

describe('after a walk', () => {
  it('a pass that is not complete goes on after the last settled key', () => {
    expect(afterWalk(FIRST, WALKED, START + 1)).toMatchObject({
      after: 'k',
      passStartedAt: START,
      pendingSeen: 3,
      tally: { alive: 2, missing: 1 },
      budget: 7,
      lastSweepAt: START + 1,
    });
  });

  it('a pass goes on from where it stood when not one key was settled', () => {
    const checkpoint = { ...FIRST, after: 'c', passStartedAt: START - 9, pendingSeen: 4 };
    const walked = { ...WALKED, last: undefined, settled: 0 };
    expect(afterWalk(checkpoint, walked, START)).toMatchObject({
      after: 'c',
      passStartedAt: START - 9,
      pendingSeen: 4,
    });
  });

  it('a complete pass leaves its times and its count, and the next begins at the first key', () => {
    const checkpoint = { ...FIRST, after: 'c', passStartedAt: START - 9, pendingSeen: 4 };
    const next = afterWalk(checkpoint, { ...WALKED, isPassComplete: true }, START + 1);
    expect(next).toMatchObject({
      lastPassStartedAt: START - 9,
      lastPassCompletedAt: START + 1,
      lastPassPending: 7,
      pendingSeen: 0,
      tally: { alive: 0, missing: 0 },
    });
    expect(next).not.toHaveProperty('after');
    expect(next).not.toHaveProperty('passStartedAt');
  });

  it('a pause that is over is off the record', () => {
    const paused: Checkpoint = { ...FIRST, pause: { until: START, reason: 'RateLimited' } };
    expect(afterWalk(paused, WALKED, START)).not.toHaveProperty('pause');
  });
});

it('backs off from 1 min, doubling up to 15', () => {
  expect([0, 1, 2, 3, 4, 50].map((count) => backoff(count) / MINUTE)).toEqual([1, 2, 4, 8, 15, 15]);
});

describe('retry-after', () => {
  it.each([
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:05:00 GMT', 5 * MINUTE],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['99999', HOUR],
    ['Fri, 01 Jan 2027 00:00:00 GMT', HOUR],
    [null, MINUTE],
    ['', MINUTE],
    ['soon', MINUTE],
    ['-5', MINUTE],
    ['1.5', MINUTE],
  ])('of %j means %i ms', (header, wait) => {
    expect(retryAt(header, START)).toBe(START + wait);
  });

  it('never asks for less than nothing or more than an hour', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = retryAt(header, START) - START;
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(HOUR);
      }),
    );
  });
});

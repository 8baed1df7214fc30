import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterChecks,
  type Checked,
  type Checkpoint,
  filled,
  firstCheckpoint,
  isLeased,
  takeLease,
} from '../../../../functions/core/sweeps/checkpoint.ts';
import { backoff, retryAt } from '../../../../functions/core/sweeps/pause.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

const FIRST = firstCheckpoint(START, 60);
const WALKED: Checked = {
  bucket: { budget: 7, budgetAt: START + 5 },
  pause: undefined,
  pauseCount: 0,
  contact: {},
  runLengths: undefined,
};

describe('the budget', () => {
  it('is one minute full at first, and fills by the clock', () => {
    expect(filled(FIRST, START, 60).budget).toBe(60);
    const spent = { ...FIRST, budget: 0 };
    expect(filled(spent, START + 5_000, 60)).toEqual({ budget: 5, budgetAt: START + 5_000 });
    expect(filled(spent, START + HOUR, 60).budget).toBe(60);
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
          const { budget } = filled(checkpoint, now, 60);
          const requests = Math.floor(budget);
          made += requests;
          checkpoint = { ...checkpoint, budget: budget - requests, budgetAt: now };
        }
        expect(made).toBeLessThanOrEqual(60 + ((now - START) / MINUTE) * 60 + 1e-6);
      }),
    );
  });

  it.each([MINUTE, HOUR])(
    'does not grow when a clock goes %i ms backwards, and fills on by it if it was set back',
    (by) => {
      const bucket = { budget: 3, budgetAt: START };
      expect(filled(bucket, START - by, 60)).toEqual({ budget: 3, budgetAt: START - by });
    },
  );

  it('is no more than a lower rate allows, as soon as that is set', () => {
    expect(filled(FIRST, START, 10)).toEqual({ budget: 10, budgetAt: START });
  });

  it('does not fill twice between two clocks that differ by seconds', () => {
    const bucket = { budget: 3, budgetAt: START };
    expect(filled(filled(bucket, START - 30 * SECOND, 60), START, 60)).toEqual(bucket);
  });

  it('goes with the lease, up to its last request: a sweep that dies gives nothing back', () => {
    const budgetAt = START + 40 * SECOND;
    expect(takeLease(FIRST, START)).toMatchObject({ budget: 0, budgetAt, version: 1 });
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

  it('stands still until the first sweep is completed', () => {
    expect(awake(FIRST, START + MINUTE)).toBe(0);
    expect(awake({ ...FIRST, awake: 10 }, START + MINUTE)).toBe(10);
  });

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

  it('gives no minute to a sweep after one that saw the end of the pause', () => {
    const pause = { until: START + MINUTE, reason: 'UpstreamDown' } as const;
    const over = { ...FIRST, lastSweepAt: START + 70 * SECOND, pause };
    expect(awake(over, START + 100 * SECOND)).toBe(30 * SECOND);
    const justOver = { ...FIRST, lastSweepAt: START + MINUTE, pause };
    expect(awake(justOver, START + 80 * SECOND)).toBe(20 * SECOND);
  });

  it('makes no minute of a pause of a second, however soon the next sweep comes', () => {
    const pause = { until: START + SECOND, reason: 'RateLimited' } as const;
    const paused = { ...FIRST, lastSweepAt: START, pause };
    expect(awake(paused, START + 15 * SECOND)).toBe(15 * SECOND);
    expect(awake(paused, START + MINUTE)).toBe(MINUTE);
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
  it('what is left of the budget is there for the next', () => {
    expect(afterChecks(takeLease(FIRST, START), WALKED, START + 9)).toMatchObject({
      budget: 7,
      budgetAt: START + 5,
      lastSweepAt: START + 9,
    });
  });

  it('a pause that is over is off the record', () => {
    const paused: Checkpoint = { ...FIRST, pause: { until: START, reason: 'RateLimited' } };
    expect(afterChecks(paused, WALKED, START)).not.toHaveProperty('pause');
  });

  it('a pause that began is on record', () => {
    const pause = { until: START + MINUTE, reason: 'UpstreamDown' } as const;
    expect(afterChecks(FIRST, { ...WALKED, pause, pauseCount: 2 }, START)).toMatchObject({
      pause,
      pauseCount: 2,
    });
  });

  it.each([
    ['stays for who was asked in the last pass', START + 2, START + 9, true],
    ['stays for who was asked before the pass that this sweep began', START + 9, START + 2, true],
    ['goes for who was asked in neither', START + 3, START + 3, false],
  ])('that there is no answer %s', (_, lastPassStartedAt, leasedAt, stays) => {
    const failing = { carbon: { since: START, at: START + 2 } };
    const before = { ...FIRST, lastPassStartedAt, leasedAt };
    const { contact } = afterChecks(before, { ...WALKED, contact: { failing } }, START + 10);
    expect(contact).toEqual({ failing: stays ? failing : {} });
  });

  it('what was learned of the runs is kept', () => {
    const runLengths = { ended: [1], givenUp: [] };
    const next = afterChecks(FIRST, { ...WALKED, runLengths }, START);
    expect(next.runLengths).toEqual(runLengths);
    expect(afterChecks(FIRST, WALKED, START)).not.toHaveProperty('runLengths');
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
    ['1 Jan 2026 00:05:00 GMT', MINUTE],
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

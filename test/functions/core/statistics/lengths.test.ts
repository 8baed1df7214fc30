import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countLength,
  countOf,
  type LengthCounts,
  mergeCounts,
  QUANTILE_ERROR,
  quantile,
} from '../../../../functions/core/statistics/lengths.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';

const counted = (lengths: readonly number[]) => lengths.reduce<LengthCounts>(countLength, {});

/** By nearest rank. */
function exactQuantile(lengths: readonly number[], share: number): number {
  const sorted = lengths.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const lengths = fc.array(fc.integer({ min: SECOND, max: 8 * DAY }), {
  minLength: 1,
  maxLength: 500,
});

describe('counts of run lengths', () => {
  it('give each quantile within the stated error of the exact one', () => {
    fc.assert(
      fc.property(lengths, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const exact = exactQuantile(all, share);
        const ratio = (quantile(counted(all), share) ?? Number.NaN) / exact;
        expect(ratio).toBeLessThanOrEqual((1 + QUANTILE_ERROR) * 1.000_001);
        expect(ratio).toBeGreaterThanOrEqual(1 / (1 + QUANTILE_ERROR) / 1.000_001);
      }),
    );
  });

  it('of several groups are those of all their runs', () => {
    fc.assert(
      fc.property(lengths, lengths, (some, others) => {
        const merged = mergeCounts([counted(some), counted(others)]);
        expect(merged).toEqual(counted([...some, ...others]));
        expect(countOf(merged)).toBe(some.length + others.length);
      }),
    );
  });

  it('say nothing of no runs', () => {
    expect(quantile({}, 0.5)).toBeUndefined();
    expect(countOf({})).toBe(0);
  });

  it('take what is shorter than a second, or longer than any watch, for the nearest that there is', () => {
    expect(countLength({}, -5)).toEqual(countLength({}, SECOND));
    expect(countLength({}, 365 * DAY)).toEqual(countLength({}, 8 * DAY));
  });

  it('stay small, however many runs there were', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => 10 * MINUTE + (n / 10_000) * HOUR);
    expect(Object.keys(counted(many)).length).toBeLessThanOrEqual(13);
  });
});

import { describe, expect, it } from 'vitest';
import { firstCheckpoint, monthsToKeep } from '../../../../functions/core/sweeps/checkpoint.ts';
import { START } from '../jobs/arbitraries.ts';

const FIRST = firstCheckpoint(START, 60);

describe('the months to be counted for good', () => {
  it.each([
    ['2026-01-31T12:00:00Z', []],
    ['2026-02-07T23:59:59Z', []],
    ['2026-02-08T00:00:00Z', ['2026-01']],
    ['2026-03-07T23:59:59Z', ['2026-01']],
    ['2026-04-08T00:00:00Z', ['2026-01', '2026-02', '2026-03']],
  ])('at %s are %j for a monitor of January: each when it is over for 7 days', (now, months) => {
    expect(monthsToKeep(FIRST, Date.parse(now))).toEqual(months);
  });

  it('are those after the last that was counted, into the next year', () => {
    const found = { ...FIRST, month: '2026-11' };
    expect(monthsToKeep(found, Date.UTC(2027, 1, 8))).toEqual(['2026-11', '2026-12', '2027-01']);
    expect(monthsToKeep({ ...FIRST, month: '2027-02' }, Date.UTC(2027, 1, 8))).toEqual([]);
  });

  it('are the four whose jobs may still be on record, where nobody knows what was counted', () => {
    const { month, ...unknown } = FIRST;
    const four = ['2025-12', '2026-01', '2026-02', '2026-03'];
    expect(monthsToKeep(unknown, Date.UTC(2026, 3, 8))).toEqual(four);
  });
});

import { expect, it } from 'vitest';
import { isAhead, monthBefore, monthOf } from '../../../functions/core/time.ts';

it('a month begins and ends at midnight UTC', () => {
  expect(monthOf(Date.parse('2026-01-31T23:59:59.999Z'))).toBe('2026-01');
  expect(monthOf(Date.parse('2026-02-01T00:00:00Z'))).toBe('2026-02');
});

it('a time is ahead while it is to come, but not if no clock can have meant it', () => {
  const ahead = (at: number | undefined) => isAhead(at, 1_000, 50);
  expect([1_000, 1_001, 1_100, 1_101, undefined].map(ahead)).toEqual([
    ...[false, true, true, false, false],
  ]);
});

it('months are counted back across years', () => {
  expect(monthBefore('2026-03', 1)).toBe('2026-02');
  expect(monthBefore('2026-01', 1)).toBe('2025-12');
  expect(monthBefore('2026-02', 12)).toBe('2025-02');
});

import { expect, it } from 'vitest';
import { monthBefore, monthOf } from '../../../functions/core/time.ts';

it('a month begins and ends at midnight UTC', () => {
  expect(monthOf(Date.parse('2026-01-31T23:59:59.999Z'))).toBe('2026-01');
  expect(monthOf(Date.parse('2026-02-01T00:00:00Z'))).toBe('2026-02');
});

it('months are counted back across years', () => {
  expect(monthBefore('2026-03', 1)).toBe('2026-02');
  expect(monthBefore('2026-01', 1)).toBe('2025-12');
  expect(monthBefore('2026-02', 12)).toBe('2025-02');
});

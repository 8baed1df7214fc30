import { expect, it } from 'vitest';
import { interleaved, medianRatio, quantile } from '../../../bench/harness/rounds.ts';

it('contenders take turns', async () => {
  const turns: string[] = [];
  const turn = (name: string) => async () => turns.push(name);
  const measured = await interleaved(2, { ours: turn('ours'), baseline: turn('baseline') });
  expect(turns).toEqual(['ours', 'baseline', 'ours', 'baseline']);
  expect(measured).toEqual({ ours: [1, 3], baseline: [2, 4] });
});

it('a quantile is one of the values', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0.2, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 3, 5, 5]);
});

it('a ratio is that of the rounds, which one bad round does not spoil', () => {
  expect(medianRatio([2, 300, 2], [1, 1, 1])).toBe(2);
});

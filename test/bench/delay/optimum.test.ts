import { describe, expect, it } from 'vitest';
import { createOptimum } from '../../../bench/delay/optimum.ts';
import type { Lengths } from '../../../bench/delay/workloads.ts';
import { createRandom } from '../../../test/simulation/random.ts';

function lengthsOf(draw: (next: () => number) => number): Lengths {
  const { next } = createRandom(1);
  const sorted = Float64Array.from({ length: 20_000 }, () => draw(next)).sort();
  return { sorted, mean: sorted.reduce((sum, length) => sum + length, 0) / sorted.length };
}

describe('the offline optimum', () => {
  const anyLength = lengthsOf((next) => 120 * next());

  it('is half a minute with a check a minute: no run ends at a better time', () => {
    expect(createOptimum(anyLength)(1_000)).toBeCloseTo(0.5, 1);
  });

  it('needs one check for each run where all last as long as each other', () => {
    const optimum = createOptimum(lengthsOf(() => 59.75));
    expect(optimum(1)).toBeCloseTo(0.25, 1);
  });

  it('is later the fewer checks there are', () => {
    const optimum = createOptimum(anyLength);
    const delays = [1, 2, 5, 20, 60].map(optimum);
    expect(delays).toEqual(delays.toSorted((a, b) => b - a));
    expect(optimum(1)).toBeCloseTo(60, 0);
  });

  it('is half the interval for runs of which any may end at any time, as the square-root law has it', () => {
    const lengths = lengthsOf((next) => -60 * Math.log(1 - next()));
    // A check every 6 minutes, and half an interval more for the check that finds the end.
    expect(createOptimum(lengths)(60 / 6 + 0.5)).toBeCloseTo(3, 0);
  });
});

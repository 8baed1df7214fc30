import { describe, expect, it } from 'vitest';
import { runBatch } from './batch.ts';
import { quantile } from './histogram.ts';
import { createPlan } from './plan/plan.ts';
import { runPlan } from './run.ts';
import { storyOf } from './story.ts';
import type { Total } from './total.ts';

const FIXED_RUNS = 50;
const FRESH_RUNS = 50;

async function simulate(firstSeed: number, runs: number): Promise<Total> {
  const { total, failure } = await runBatch({ firstSeed, runs });
  if (!failure) return total;
  const story = await storyOf(createPlan(failure.seed));
  throw new Error(`Seed ${failure.seed}: ${failure.violation.what}\n${story}`);
}

describe('whatever goes wrong, nothing is lost', () => {
  it('in runs that are the same each time', { timeout: 300_000 }, async () => {
    const { perRun } = await simulate(1, FIXED_RUNS);
    expect(quantile(perRun.jobs, 0.5)).toBeGreaterThanOrEqual(15);
    expect(quantile(perRun.sweeps, 0.5)).toBeGreaterThanOrEqual(50);
    expect(quantile(perRun.faults, 0.5)).toBeGreaterThanOrEqual(20);
  });

  it.each([30_019_039])('in run %d, which had found a mistake', async (seed) => {
    await simulate(seed, 1);
  });

  it('in runs that nobody has seen before', { timeout: 600_000 }, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`Fresh runs from seed ${seed}; replay one with npm run simulate -- --seed ${seed}`);
    await simulate(seed, FRESH_RUNS);
  });
});

it('the same seed tells the same story', async () => {
  async function linesOf(seed: number): Promise<string[]> {
    const lines: string[] = [];
    await runPlan(createPlan(seed), (line) => lines.push(line));
    return lines;
  }
  const first = await linesOf(11);
  expect(first.length).toBeGreaterThan(500);
  expect(await linesOf(11)).toEqual(first);
  expect(await linesOf(12)).not.toEqual(first);
});

import { describe, expect, it } from 'vitest';
import { createPlan } from './plan.ts';
import { addUp, faultsOf, quantile } from './report.ts';
import { runPlan } from './run.ts';
import { storyOf } from './story.ts';

const FIXED_RUNS = 250;
const FRESH_RUNS = 100;

async function simulate(firstSeed: number, runs: number) {
  const total = addUp();
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const plan = createPlan(seed);
    const { figures, violation } = await runPlan(plan);
    if (violation) throw new Error(`${violation.what}\n${await storyOf(plan)}`);
    total.add(figures);
  }
  return total;
}

describe('whatever goes wrong, nothing is lost', () => {
  it('in runs that are the same each time', { timeout: 120_000 }, async () => {
    const { runs } = await simulate(1, FIXED_RUNS);
    expect(
      quantile(
        runs.map(({ jobs }) => jobs),
        0.5,
      ),
    ).toBeGreaterThanOrEqual(20);
    expect(
      quantile(
        runs.map(({ sweeps }) => sweeps),
        0.5,
      ),
    ).toBeGreaterThanOrEqual(50);
    expect(quantile(runs.map(faultsOf), 0.5)).toBeGreaterThanOrEqual(20);
  });

  it('in runs that nobody has seen before', { timeout: 120_000 }, async () => {
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
  const first = await linesOf(7);
  expect(first.length).toBeGreaterThan(1_000);
  expect(await linesOf(7)).toEqual(first);
  expect(await linesOf(8)).not.toEqual(first);
});

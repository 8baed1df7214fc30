import { describe, expect, it } from 'vitest';
import { waitBound } from '../../../bench/delay/delay-report.ts';
import { learnedFrom, trueRunLengths } from '../../../bench/delay/knowledge.ts';
import { createOptimum } from '../../../bench/delay/optimum.ts';
import { exponentialBackoff, fixedInterval, roundRobin } from '../../../bench/delay/peers.ts';
import type { Policy } from '../../../bench/delay/policy.ts';
import type { Population } from '../../../bench/delay/population.ts';
import { simulate } from '../../../bench/delay/simulate.ts';
import { turns } from '../../../bench/delay/turns.ts';
import { lengthsOf, WORKLOADS, type Workload } from '../../../bench/delay/workloads.ts';
import { MAX_STRIDE } from '../../../functions/core/schedule.ts';

const BUDGET = 100;
type CreatePolicy = (population: Population, budget: number) => Policy;

function run(workload: Workload, running: number, createPolicy: CreatePolicy) {
  const lengths = lengthsOf(workload);
  return simulate({
    workload,
    lengths,
    running,
    budget: BUDGET,
    warmUp: 30,
    minutes: 1_000,
    seed: 1,
    createPolicy,
  });
}

function knowing(workload: Workload): CreatePolicy {
  const runLengths = trueRunLengths(lengthsOf(workload));
  return (population, budget) => turns(population, budget, { isLearning: false, runLengths });
}

const learning: CreatePolicy = (population, budget) =>
  turns(population, budget, { isLearning: true });

describe.each(WORKLOADS.map((workload) => ({ name: workload.name, workload })))(
  'with runs that are $name, and three times as many as the budget',
  ({ workload }) => {
    const running = 3 * BUDGET;
    const lengths = lengthsOf(workload);
    const optimum = createOptimum(lengths)((BUDGET * lengths.mean) / running);
    const inTurn = run(workload, running, roundRobin);
    const known = run(workload, running, knowing(workload));

    it('turns without a history are round robin, to the check', () => {
      const unknown = run(workload, running, (population, budget) =>
        turns(population, budget, { isLearning: false }),
      );
      expect(unknown.delays).toEqual(inTurn.delays);
      expect(unknown.comeByPerCheck).toBe(1);
    });

    it('turns that know the runs come within 1.25 times the optimum', () => {
      expect(known.meanDelay / optimum).toBeLessThan(1.25);
      expect(known.meanDelay).toBeLessThan(inTurn.meanDelay);
    });

    it('no job waits longer than eight passes of round robin', () => {
      const registrations = running / lengths.mean;
      expect(known.longestWait).toBeLessThanOrEqual(waitBound(known.peak, BUDGET, registrations));
      expect(inTurn.longestWait).toBeLessThanOrEqual(
        waitBound(inTurn.peak, BUDGET, registrations) / MAX_STRIDE,
      );
      expect(known.comeByPerCheck).toBeLessThanOrEqual(MAX_STRIDE);
    });

    it('none does better than the optimum', () => {
      for (const { meanDelay } of [inTurn, known])
        expect(meanDelay).toBeGreaterThan(0.95 * optimum);
    });
  },
);

describe('while there is room in the budget', () => {
  const [workload] = WORKLOADS;

  it('every job is checked every minute, whatever is known of the runs', () => {
    if (workload === undefined) throw new Error('There are no workloads.');
    const { meanDelay, longestWait } = run(workload, BUDGET / 2, learning);
    expect(meanDelay).toBeCloseTo(0.5, 1);
    expect(longestWait).toBeLessThanOrEqual(1);
  });

  it('timers of 60 s come to the same, and backing off costs minutes', () => {
    if (workload === undefined) throw new Error('There are no workloads.');
    expect(run(workload, BUDGET / 2, fixedInterval).meanDelay).toBeCloseTo(0.5, 1);
    const { meanDelay } = run(workload, BUDGET / 2, exponentialBackoff);
    // The wait that a run ends in is a long one, and half of it is left: 100 s of up to 300.
    expect(meanDelay).toBeGreaterThan(1.2);
    expect(meanDelay).toBeLessThan(2.2);
  });
});

it('what is learned from runs does not depend on when it is asked', () => {
  for (const workload of WORKLOADS) {
    expect(learnedFrom(workload, 50, 3)).toEqual(learnedFrom(workload, 50, 3));
  }
});

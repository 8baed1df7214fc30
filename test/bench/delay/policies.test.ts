import { describe, expect, it } from 'vitest';
import { waitBound } from '../../../bench/delay/delay-report.ts';
import { foundAtOnce, learnedFrom } from '../../../bench/delay/knowledge.ts';
import { createOptimum } from '../../../bench/delay/optimum.ts';
import { exponentialBackoff, fixedInterval, roundRobin } from '../../../bench/delay/peers.ts';
import { simulate } from '../../../bench/delay/simulate.ts';
import { trueRunLengths } from '../../../bench/delay/true-hazard.ts';
import { type CreatePolicy, knowing, turns } from '../../../bench/delay/turns.ts';
import { lengthsOf, WORKLOADS, type Workload } from '../../../bench/delay/workloads.ts';
import { MAX_INTERVAL } from '../../../functions/core/sweeps/schedule.ts';

const BUDGET = 100;

function run(workload: Workload, running: number, createPolicy: CreatePolicy) {
  const lengths = lengthsOf(workload);
  return simulate({
    workload,
    lengths,
    running,
    budget: BUDGET,
    warmUp: Math.max(30, (4 * running) / BUDGET),
    minutes: 400,
    seed: 1,
    createPolicy,
  });
}

function optimumOf(workload: Workload, running: number): number {
  const lengths = lengthsOf(workload);
  return createOptimum(lengths)((BUDGET * lengths.mean) / running);
}

/** Told the true hazard. */
function told(workload: Workload, running: number) {
  return run(
    workload,
    running,
    knowing(trueRunLengths(lengthsOf(workload), { running, budget: BUDGET })),
  );
}

const learning: CreatePolicy = (population, budget) =>
  turns(population, budget, { isLearning: true });

describe.each(WORKLOADS.map((workload) => ({ name: workload.name, workload })))(
  'with runs that are $name, and three times as many as the budget',
  ({ workload }) => {
    const running = 3 * BUDGET;
    const lengths = lengthsOf(workload);
    const optimum = optimumOf(workload, running);
    const inTurn = run(workload, running, roundRobin);
    const known = told(workload, running);

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
        waitBound(inTurn.peak, BUDGET, registrations) / MAX_INTERVAL,
      );
      expect(known.comeByPerCheck).toBeLessThanOrEqual(MAX_INTERVAL);
    });

    it('none does better than the optimum', () => {
      for (const { meanDelay } of [inTurn, known])
        expect(meanDelay).toBeGreaterThan(0.95 * optimum);
    });
  },
);

describe.each(WORKLOADS.map((workload) => ({ name: workload.name, workload })))(
  'with runs that are $name, and twenty times as many as the budget, when a pass takes as long as a run',
  ({ workload }) => {
    const running = 20 * BUDGET;
    const optimum = optimumOf(workload, running);
    const known = told(workload, running);

    it('turns that know the runs come within 1.25 times the optimum', () => {
      expect(known.meanDelay / optimum).toBeLessThan(1.25);
    });

    it('a table of ages at which runs ended would be worse than one of ages at which that was found', () => {
      const atOnce = run(workload, running, knowing(foundAtOnce(lengthsOf(workload))));
      expect(known.meanDelay).toBeLessThan(atOnce.meanDelay);
    });

    it('what is learned on the way comes within 1.25 times the optimum too', () => {
      expect(run(workload, running, learning).meanDelay / optimum).toBeLessThan(1.25);
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

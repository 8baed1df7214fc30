import { describe, expect, it } from 'vitest';
import { foundAtOnce } from '../../../bench/delay/knowledge.ts';
import { simulate } from '../../../bench/delay/simulate.ts';
import { trueRunLengths } from '../../../bench/delay/true-hazard.ts';
import { type CreatePolicy, knowing } from '../../../bench/delay/turns.ts';
import { lengthsOf, WORKLOADS, type Workload } from '../../../bench/delay/workloads.ts';
import {
  AGE_CLASSES,
  ageClass,
  type ByAge,
  countAges,
} from '../../../functions/core/sweeps/schedule.ts';
import { MINUTE } from '../../../functions/core/time.ts';

const BUDGET = 100;

function sharesOf(counts: ByAge): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: AGE_CLASSES }, (_, n) => (counts[n] ?? 0) / all);
}

/** How far two tables differ: which part of the ends is in another age class. */
function difference(one: ByAge, other: ByAge): number {
  const others = sharesOf(other);
  return sharesOf(one).reduce((sum, share, n) => sum + Math.abs(share - (others[n] ?? 0)) / 2, 0);
}

/** How old the jobs of a simulation are when their ends are found. */
function foundIn(workload: Workload, running: number, createPolicy: CreatePolicy): ByAge {
  const ages: number[] = [];
  const lengths = lengthsOf(workload);
  const times = { warmUp: (4 * running) / BUDGET, minutes: 400 };
  simulate({
    ...{ workload, lengths, running, budget: BUDGET, ...times, seed: 1 },
    createPolicy(population, budget) {
      const { tick } = createPolicy(population, budget);
      return {
        tick: (now, check) =>
          tick(now, (job) => {
            const isEnded = check(job);
            if (isEnded && now >= times.warmUp * MINUTE)
              ages.push(ageClass(now - job.registeredAt));
            return isEnded;
          }),
      };
    },
  });
  return countAges([], ages);
}

describe.each(WORKLOADS.map((workload) => ({ name: workload.name, workload })))(
  'the true hazard of runs that are $name',
  ({ workload }) => {
    const lengths = lengthsOf(workload);

    it('counts every run once', () => {
      const { ended } = trueRunLengths(lengths, { running: 5 * BUDGET, budget: BUDGET });
      const all = ended.reduce((sum, count) => sum + count, 0);
      expect(all / lengths.sorted.length).toBeCloseTo(1, 6);
    });

    it('is about that of their lengths while each is checked every minute', () => {
      const { ended } = trueRunLengths(lengths, { running: BUDGET / 2, budget: BUDGET });
      // A minute is long beside the shortest of them.
      expect(difference(ended, foundAtOnce(lengths).ended)).toBeLessThan(0.06);
    });

    it('is, under overload, that of the ages at which checks that go by it find ends', () => {
      const running = 20 * BUDGET;
      const known = trueRunLengths(lengths, { running, budget: BUDGET });
      const found = foundIn(workload, running, knowing(known));
      expect(difference(known.ended, found)).toBeLessThan(0.05);
      expect(difference(foundAtOnce(lengths).ended, found)).toBeGreaterThan(0.1);
    });
  },
);

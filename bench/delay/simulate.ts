import { MINUTE, SECOND } from '../../functions/core/time.ts';
import { createRandom } from '../../test/simulation/random.ts';
import type { Policy } from './policy.ts';
import { createPopulation, type Population } from './population.ts';
import type { Lengths, Workload } from './workloads.ts';

/** One run of the simulation. */
export interface Scenario {
  readonly workload: Workload;
  readonly lengths: Lengths;
  /** Runs that are under way at a time. */
  readonly running: number;
  /** Checks a minute. */
  readonly budget: number;
  /** Not measured, in minutes: until what came before no longer shows. */
  readonly warmUp: number;
  /** Measured, in minutes. */
  readonly minutes: number;
  readonly seed: number;
  createPolicy(population: Population, budget: number): Policy;
}

/** What came of it. */
export interface Outcome {
  /** From the end of each run to the check that found it (minutes), in the order found. */
  readonly delays: readonly number[];
  /** Their mean, in minutes. */
  readonly meanDelay: number;
  /** The longest time (minutes) that any job waited for a check. */
  readonly longestWait: number;
  /** The most jobs that were pending at a time. */
  readonly peak: number;
  /** How many jobs were looked at for each check. */
  readonly comeByPerCheck: number;
}

/** Lets a policy watch a population for a while. */
export function simulate(scenario: Scenario): Outcome {
  const { workload, lengths, running, budget, warmUp, minutes } = scenario;
  const random = createRandom(scenario.seed);
  const population = createPopulation(workload, lengths, running, random);
  const policy = scenario.createPolicy(population, budget);
  const delays: number[] = [];
  let [checks, longestWait] = [0, 0];

  for (let now = 0; now < (warmUp + minutes) * MINUTE; now += SECOND) {
    population.registerUntil(now, (job) => policy.registered?.(job, now));
    policy.tick(now, (job) => {
      const isEnded = job.endsAt <= now;
      checks += 1;
      if (now >= warmUp * MINUTE) {
        longestWait = Math.max(longestWait, now - job.checkedAt);
        if (isEnded) delays.push((now - job.endsAt) / MINUTE);
      }
      job.checkedAt = now;
      if (isEnded) population.remove(job);
      return isEnded;
    });
  }
  return {
    delays,
    meanDelay: mean(delays),
    longestWait: longestWait / MINUTE,
    peak: population.peak,
    comeByPerCheck: policy.comeBy === undefined ? 1 : policy.comeBy / checks,
  };
}

/** The mean of some numbers. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

import { foundAtOnce } from './knowledge.ts';
import { createOptimum } from './optimum.ts';
import { exponentialBackoff, fixedInterval, roundRobin } from './peers.ts';
import type { Population } from './population.ts';
import { type Outcome, simulate } from './simulate.ts';
import { type Load, trueRunLengths } from './true-hazard.ts';
import { type CreatePolicy, knowing, turns } from './turns.ts';
import { type Lengths, lengthsOf, WORKLOADS, type Workload } from './workloads.ts';

/** What is measured. */
export interface LoadSettings {
  /** Checks a minute. */
  readonly budget: number;
  /** Runs under way at a time. */
  readonly loads: readonly number[];
  /** How many ended runs to measure at least. */
  readonly ends: number;
}

/** All policies at one load. */
export interface Row {
  readonly running: number;
  readonly optimum: number;
  readonly outcomes: Readonly<Record<PolicyName, Outcome>>;
}

/** By workload, one row for each load. */
export type Results = ReadonlyMap<Workload, readonly Row[]>;

type PolicyName = (typeof POLICIES)[number]['name'];

/** What is compared; the monitor as it is deployed comes first. */
export const POLICIES = [
  {
    name: 'turns, learned',
    create: () => (population: Population, budget: number) =>
      turns(population, budget, { isLearning: true }),
  },
  {
    name: 'turns, true hazard',
    create: (lengths: Lengths, load: Load) => knowing(trueRunLengths(lengths, load)),
  },
  {
    // What it costs to take the ages at which runs end for those at which that is found.
    name: 'turns, as if found at once',
    create: (lengths: Lengths) => knowing(foundAtOnce(lengths)),
  },
  { name: 'round robin', create: () => roundRobin },
  { name: 'every 60 s', create: () => fixedInterval },
  { name: 'backoff to 300 s', create: () => exponentialBackoff },
] as const satisfies readonly {
  name: string;
  create(lengths: Lengths, load: Load): CreatePolicy;
}[];

/** Mean delays of every policy, for each workload. */
export function measureLoads(settings: LoadSettings): Results {
  return new Map(
    WORKLOADS.map((workload) => {
      const lengths = lengthsOf(workload);
      const optimum = createOptimum(lengths);
      const rows = settings.loads.map((running) => {
        const checksPerRun = (settings.budget * lengths.mean) / running;
        return {
          running,
          optimum: optimum(checksPerRun),
          outcomes: measureAll(workload, lengths, running, settings),
        };
      });
      return [workload, rows] as const;
    }),
  );
}

function measureAll(
  workload: Workload,
  lengths: Lengths,
  running: number,
  { budget, ends }: LoadSettings,
): Readonly<Record<PolicyName, Outcome>> {
  const pass = running / budget;
  const minutes = Math.ceil(Math.max((ends * lengths.mean) / running, 30, 3 * pass));
  const warmUp = Math.ceil(Math.max(10, 4 * pass));
  const scenario = { workload, lengths, running, budget, warmUp, minutes, seed: 1 };
  return Object.fromEntries(
    POLICIES.map(({ name, create }) => [
      name,
      simulate({ ...scenario, createPolicy: create(lengths, { running, budget }) }),
    ]),
  ) as Record<PolicyName, Outcome>;
}

import { markdownTable } from '../report/table.ts';
import { learnedFrom } from './knowledge.ts';
import { roundRobin } from './peers.ts';
import type { Population } from './population.ts';
import { mean, type Outcome, simulate } from './simulate.ts';
import { trueRunLengths } from './true-hazard.ts';
import { type CreatePolicy, knowing, turns } from './turns.ts';
import { type Lengths, lengthsOf, WORKLOADS, type Workload } from './workloads.ts';

/** What is measured. */
export interface LearningSettings {
  /** Checks a minute. */
  readonly budget: number;
  /** Runs under way at a time. */
  readonly running: number;
  /** Measured, in minutes. */
  readonly minutes: number;
  /** How many times whatever is random is tried. */
  readonly tries: number;
}

/** Numbers of ended runs to have learned from. */
const ENDS = [0, 10, 30, 100, 300, 1_000];
/** Ended runs since the workload changed. */
const SINCE = [0, 250, 500, 1_000, 2_000, 4_000];

/** Mean delay after so many ended runs, as a multiple of that with round robin. */
export function learningTable(settings: LearningSettings): string {
  const rows = WORKLOADS.map((workload) => {
    const run = runner(workload, settings);
    const base = run(roundRobin).meanDelay;
    const after = ENDS.map((ends) => {
      const seeds = Array.from({ length: ends === 0 ? 1 : settings.tries }, (_, i) => i + 1);
      return mean(seeds.map((seed) => run(knowing(learnedFrom(workload, ends, seed))).meanDelay));
    });
    const known = run(knowing(trueRunLengths(lengthsOf(workload), settings))).meanDelay;
    return [workload.name, ...[...after, known].map((delay) => ratio(delay / base))];
  });
  return markdownTable(['runs', ...ENDS.map((ends) => ends.toLocaleString('en')), 'all'], rows);
}

/** Mean delay with what was learned of another workload, as a multiple of that with round robin. */
export function wrongTable(settings: LearningSettings): string {
  const known = WORKLOADS.map((workload) => trueRunLengths(lengthsOf(workload), settings));
  const rows = WORKLOADS.map((workload) => {
    const run = runner(workload, settings);
    const base = run(roundRobin).meanDelay;
    const delays = known.map((runLengths) => run(knowing(runLengths)).meanDelay);
    return [workload.name, ...delays.map((delay) => ratio(delay / base))];
  });
  return markdownTable(['runs', ...WORKLOADS.map(({ name }) => `as if ${name}`)], rows);
}

/**
 * Mean delay after the workload has changed, as a multiple of that with round robin over the same
 * time, while the monitor learns anew.
 */
export function changeTable(settings: LearningSettings): string {
  const rows = WORKLOADS.flatMap((workload) => {
    const lengths = lengthsOf(workload);
    const minutes = Math.ceil(((SINCE.at(-1) ?? 0) * lengths.mean) / settings.running) + 30;
    const run = runner(workload, { ...settings, minutes }, 0);
    const base = run(roundRobin).delays;
    return WORKLOADS.filter((before) => before !== workload).map((before) => {
      const runLengths = learnedFrom(before, 1_000, 1);
      const policy = (population: Population, budget: number) =>
        turns(population, budget, { isLearning: true, runLengths });
      const { delays } = run(policy);
      const spans = SINCE.slice(1).map((until, i) => {
        const from = SINCE[i] ?? 0;
        return ratio(mean(delays.slice(from, until)) / mean(base.slice(from, until)));
      });
      return [`${before.name} → ${workload.name}`, ...spans];
    });
  });
  const spans = SINCE.slice(1).map((until, i) => `${SINCE[i]} to ${until}`);
  return markdownTable(['change', ...spans], rows);
}

function runner(workload: Workload, settings: LearningSettings, warmUp = 30) {
  const lengths: Lengths = lengthsOf(workload);
  return (createPolicy: CreatePolicy): Outcome =>
    simulate({ workload, lengths, ...settings, warmUp, seed: 1, createPolicy });
}

function ratio(value: number): string {
  return value.toFixed(2);
}

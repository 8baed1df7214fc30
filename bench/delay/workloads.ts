import { createRandom, type Random } from '../../test/simulation/random.ts';

/** A kind of runs: how long they take. */
export interface Workload {
  readonly name: string;
  /** What it stands for, for the tables. */
  readonly meaning: string;
  /** How long (minutes) one more run takes. */
  lengthOf(random: Random): number;
}

/** The default watch, in minutes: what takes longer ends as timed out. */
export const LONGEST = 1_440;

/**
 * Nobody has published how long extraction runs take, so these are far apart from each other. The last is
 * how long watched jobs take elsewhere, in three parts.
 */
export const WORKLOADS: readonly Workload[] = [
  workload('alike', 'log-normal, median 60 min, σ 0.5', (random) => logNormal(random, 60, 0.5)),
  workload('broad', 'log-normal, median 30 min, σ 1', (random) => logNormal(random, 30, 1)),
  workload('heavy-tailed', 'Pareto (Lomax), shape 1.2, scale 15 min', (random) => {
    return 15 * ((1 - random.next()) ** (-1 / 1.2) - 1);
  }),
  workload('mixed', '70 % log-normal around 8 min, 30 % around 180 min, σ 0.5', (random) =>
    random.chance(0.7) ? logNormal(random, 8, 0.5) : logNormal(random, 180, 0.5),
  ),
  workload('three parts', '93 % under an hour, 5 % 1 to 6 h, 2 % longer, log-uniform', (random) => {
    const part = random.next();
    if (part < 0.93) return logUniform(random, 2, 60);
    return part < 0.98 ? logUniform(random, 60, 360) : logUniform(random, 360, LONGEST);
  }),
];

/** What is known of a workload beforehand. */
export interface Lengths {
  /** Lengths (minutes) of many runs, in ascending order. */
  readonly sorted: Float64Array;
  /** Their mean, in minutes. */
  readonly mean: number;
}

const SAMPLES = 200_000;

const known = new Map<Workload, Lengths>();

/** The lengths of many runs of a workload, the same each time. */
export function lengthsOf(workload: Workload): Lengths {
  const lengths = known.get(workload) ?? sample(workload);
  known.set(workload, lengths);
  return lengths;
}

function sample({ lengthOf }: Workload): Lengths {
  const random = createRandom(1);
  const sorted = Float64Array.from({ length: SAMPLES }, () => lengthOf(random)).sort();
  return { sorted, mean: sorted.reduce((sum, length) => sum + length, 0) / SAMPLES };
}

function workload(name: string, meaning: string, lengthOf: Workload['lengthOf']): Workload {
  return { name, meaning, lengthOf: (random) => Math.min(LONGEST, lengthOf(random)) };
}

function logUniform(random: Random, from: number, to: number): number {
  return from * (to / from) ** random.next();
}

function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random));
}

/** A standard normal number, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

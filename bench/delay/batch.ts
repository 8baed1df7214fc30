import { createRandom, type Random } from '../../test/simulation/random.ts';
import { markdownTable } from '../report/table.ts';
import { lengthUnderWay } from './population.ts';
import { mean } from './simulate.ts';
import { type Lengths, lengthsOf, WORKLOADS, type Workload } from './workloads.ts';

/** What is measured. */
export interface BatchSettings {
  /** Requests a minute. */
  readonly budget: number;
  /** Runs under way at a time. */
  readonly running: number;
  /** Measured, in minutes. */
  readonly minutes: number;
  /** How many lists are drawn for the bound. */
  readonly samples: number;
}

/** Runs under way in each iModel. */
const RUNS_EACH = [1, 5, 20];

/**
 * Mean delays (min) of watched iModels, whose list tells of all their runs for one request, beside the
 * least that any schedule of as many lists can have that knows of every run how likely it is to end.
 */
export function batchTable(settings: BatchSettings): string {
  const rows = WORKLOADS.map((workload) => {
    const lengths = lengthsOf(workload);
    const cells = RUNS_EACH.flatMap((runsEach) => {
      const delay = delayOf(workload, settings, runsEach);
      const bound = boundOf(lengths, settings, runsEach);
      return [delay.toFixed(2), bound.toFixed(2), `${(delay / bound).toFixed(2)} ×`];
    });
    return [workload.name, ...cells];
  });
  const head = RUNS_EACH.flatMap((runs) => [`${runs} runs each`, 'bound', '']);
  return markdownTable(['runs', ...head], rows);
}

/** By the monitor's walk: each iModel is listed once in a pass, as many a minute as the budget allows. */
function delayOf(
  { lengthOf }: Workload,
  { budget, running, minutes }: BatchSettings,
  runsEach: number,
): number {
  const random = createRandom(1);
  const lists = Math.round(running / runsEach);
  /** When each run ends; whoever has ended is followed by another at once. */
  const ends = Array.from({ length: lists }, () =>
    Array.from({ length: runsEach }, () => random.next() * lengthOf(random)),
  );
  const delays: number[] = [];
  let at = 0;
  for (let now = 0; now < WARM_UP + minutes; now += 1) {
    for (let n = 0; n < Math.min(budget, lists); n += 1) {
      const runs = ends[at] ?? [];
      at = (at + 1) % lists;
      for (const [i, first] of runs.entries()) {
        let end = first;
        for (; end <= now; end += lengthOf(random)) if (now >= WARM_UP) delays.push(now - end);
        runs[i] = end;
      }
    }
  }
  return mean(delays);
}

/** Minutes until what came before no longer shows. */
const WARM_UP = 300;

/**
 * A list is a system whose hazard is the sum of its runs'. The density of checks that delays least is
 * proportional to the square root of it (Keller 1974), and the mean delay then (E√h)² / (2 × rate × E h);
 * half of the interval where all lists are alike. At whole minutes none is less than half a minute.
 */
function boundOf(
  lengths: Lengths,
  { budget, running, samples }: BatchSettings,
  runsEach: number,
): number {
  const random = createRandom(2);
  const hazard = hazardByMinute(lengths);
  const sums = Array.from({ length: samples }, () =>
    Array.from({ length: runsEach }, () => hazard[ageOf(lengths, random)] ?? 0).reduce(
      (sum, one) => sum + one,
      0,
    ),
  );
  const perList = Math.min(1, (budget * runsEach) / running);
  const gain = mean(sums.map(Math.sqrt)) ** 2 / mean(sums);
  return Math.max(0.5, gain / (2 * perList));
}

/** The age (whole minutes) of a run that is under way. */
function ageOf({ sorted }: Lengths, random: Random): number {
  const length = lengthUnderWay(sorted, random);
  return Math.floor(random.next() * length);
}

/** By age: which part of the runs under way ends within that minute. */
function hazardByMinute({ sorted }: Lengths): readonly number[] {
  const ended: number[] = [];
  for (const length of sorted) {
    const minute = Math.floor(length);
    ended[minute] = (ended[minute] ?? 0) + 1;
  }
  let left = sorted.length;
  return Array.from(ended, (count = 0) => {
    const part = left > 0 ? count / left : 0;
    left -= count;
    return part;
  });
}

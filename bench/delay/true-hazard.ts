import {
  AGE_CLASSES,
  ageClass,
  EVERY_PASS,
  type Intervals,
  MAX_INTERVAL,
  NO_RUNS,
  planIntervals,
  type RunLengths,
} from '../../functions/core/sweeps/schedule.ts';
import { MINUTE } from '../../functions/core/time.ts';
import { type Lengths, LONGEST } from './workloads.ts';

/** How much there is to check, and with how many checks. */
export interface Load {
  /** Runs under way at a time. */
  readonly running: number;
  /** Checks a minute. */
  readonly budget: number;
}

/** More than enough for intervals and the length of a pass to suit each other. */
const ROUNDS = 12;

/**
 * The true hazard, in the terms of the monitor's table: how old pending jobs are when a check finds
 * that their run has ended. That is not how old they were when it ended: of the jobs that are pending,
 * some are over and not found yet, and the longer a pass takes, the more. Nothing is simulated or
 * learned for it: it follows from the lengths of the runs, their number and the budget. The ages at
 * which ends are found depend on the intervals, and these on the ages: hence the rounds.
 */
export function trueRunLengths(lengths: Lengths, { running, budget }: Load): RunLengths {
  const survival = survivalOf(lengths);
  const registrations = running / lengths.mean;
  let [intervals, minutes, runLengths] = [EVERY_PASS, 1, NO_RUNS];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { comeBy, checks, found } = watchRuns(survival, intervals, minutes);
    // Of so many runs that the table's doubt about the first few no longer shows.
    runLengths = { ended: found.map((share) => share * lengths.sorted.length), givenUp: [] };
    const pending = comeBy.map((times) => times * registrations * minutes);
    intervals = planIntervals(runLengths, pending, budget);
    minutes = Math.max(1, (minutes * checks * registrations) / budget);
  }
  return runLengths;
}

/** What becomes of one run, on average. */
interface Watch {
  /** By age class: how often a pass comes by it, checked or not. */
  readonly comeBy: readonly number[];
  /** By age class: how likely its end is found there. */
  readonly found: readonly number[];
  readonly checks: number;
}

/** When within a pass a job may be registered, as parts of it. */
const MOMENTS = [1, 3, 5, 7, 9, 11].map((odd) => odd / 12);

/** Whatever turns a run may have, in passes that take so many minutes each. */
function watchRuns(survival: Survival, intervals: Intervals, minutes: number): Watch {
  const [comeBy, found] = [noneByAge(), noneByAge()];
  let checks = 0;

  function watchRun(turn: number, moment: number): void {
    let pending = 1;
    for (let pass = 0; pending > 0; pass += 1) {
      const age = (moment + pass) * minutes;
      const n = ageClass(age * MINUTE);
      comeBy[n] = (comeBy[n] ?? 0) + pending;
      if ((pass + turn) % (intervals[n] ?? 1) !== 0) continue;
      const alive = survival(age);
      found[n] = (found[n] ?? 0) + pending - alive;
      checks += pending;
      pending = alive;
    }
  }

  for (let turn = 0; turn < MAX_INTERVAL; turn += 1) {
    for (const moment of MOMENTS) watchRun(turn, moment);
  }
  const mean = (sum: number) => sum / (MAX_INTERVAL * MOMENTS.length);
  return { comeBy: comeBy.map(mean), found: found.map(mean), checks: mean(checks) };
}

function noneByAge(): number[] {
  return Array.from({ length: AGE_CLASSES }, () => 0);
}

/** Which part of the runs is still under way at an age (minutes). */
type Survival = (age: number) => number;

/** For so many ages in each minute. */
const STEPS = 4;

function survivalOf({ sorted }: Lengths): Survival {
  const alive = new Float64Array(LONGEST * STEPS + 1);
  let ended = 0;
  for (let step = 0; step < alive.length; step += 1) {
    while ((sorted[ended] ?? Number.POSITIVE_INFINITY) <= step / STEPS) ended += 1;
    alive[step] = 1 - ended / sorted.length;
  }
  return (age) => alive[Math.round(age * STEPS)] ?? 0;
}

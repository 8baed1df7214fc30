import type { Random } from '../random.ts';

/** The least and the most of something. */
export type Range = readonly [least: number, most: number];

/** How long and how large a run of the simulation is. Durations are in minutes. */
export interface Shape {
  /** For how long things go wrong. */
  readonly troubled: Range;
  /** How many jobs there are: one of these ranges. */
  readonly jobs: readonly Range[];
  /** For how long most jobs are watched, and a few. */
  readonly timeout: Range;
  readonly shortTimeout: Range;
  /** How long a run upstream may stay in one state, and in its last one. */
  readonly step: number;
  readonly lastStep: number;
  /** In what share of such runs there are jobs that vanish upstream. */
  readonly withVanishing: number;
  /** For how long something is wrong throughout: mostly, and now and then. */
  readonly window: Range;
  readonly longWindow: Range;
  /** In what share of such runs all jobs are missing for a while, and how often that is an hour. */
  readonly allMissing: number;
  readonly missingHour: number;
  /** What upstream asks for after a 429: seconds. */
  readonly retryAfter: readonly number[];
}

/** Few jobs are judged in other ways than many. */
const ORDINARY: Shape = {
  troubled: [35, 51],
  jobs: [
    ...Array<Range>(6).fill([1, 3]),
    ...Array<Range>(8).fill([2, 9]),
    ...Array<Range>(6).fill([20, 22]),
  ],
  timeout: [15, 60],
  shortTimeout: [5, 20],
  step: 5,
  lastStep: 8,
  withVanishing: 0.1,
  window: [1, 8],
  longWindow: [5, 40],
  allMissing: 0.25,
  missingHour: 0,
  retryAfter: [1, 30, 120, 600],
};

/** Long enough for a run that was seen to be missing for an hour, and for the longest 429. */
const LONG: Shape = {
  troubled: [60, 120],
  jobs: [
    [1, 3],
    [2, 9],
    [2, 9],
    [2, 9],
    [14, 30],
    [40, 60],
  ],
  timeout: [40, 240],
  shortTimeout: [5, 30],
  step: 20,
  lastStep: 40,
  withVanishing: 0.5,
  window: [1, 15],
  longWindow: [10, 110],
  allMissing: 0.4,
  missingHour: 0.8,
  retryAfter: [1, 30, 120, 600, 3_600, 86_400],
};

/** Half a day of troubles, outages of hours, and watches as long as a day. */
const ENDLESS: Shape = {
  ...LONG,
  troubled: [180, 720],
  jobs: [[1, 6]],
  timeout: [240, 1_440],
  shortTimeout: [60, 240],
  step: 90,
  lastStep: 400,
  longWindow: [60, 400],
};

/** The shape of one run: one in thirty-six is long, and one in four hundred endless. */
export function shapeOf(random: Random): Shape {
  const part = random.next();
  if (part < 0.0025) return ENDLESS;
  return part < 0.05 ? LONG : ORDINARY;
}

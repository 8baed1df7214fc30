import type { DigestSchedule } from '../../../functions/core/alerts/digest-schedule.ts';
import { countLength, type LengthCounts } from '../../../functions/core/statistics/lengths.ts';
import type { RunLengths } from '../../../functions/core/sweeps/schedule.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
import { FAULT_RATES, type FaultKind, isOfRuns, type TroubleKind } from '../faults.ts';
import { createRandom, type Random } from '../random.ts';
import { type Comeback, comebackTo } from './comeback.ts';
import { type IModelPlan, iModelsOf } from './imodels.ts';
import type { JobPlan } from './job-plan.ts';
import { jobsOf, withChanges, withReminders } from './jobs.ts';
import { shapeOf } from './shape.ts';
import { withSickness } from './sick-jobs.ts';
import { faultBeforeStop, laterWindowsOf, type Window, windowsOf } from './windows.ts';

/** Everything about a run of the simulation that is known beforehand. */
export interface Plan {
  readonly seed: number;
  readonly start: number;
  /** From here on nothing goes wrong any more, and all has to settle. */
  readonly calmFrom: number;
  readonly checksPerMinute: number;
  /** The least time (ms) from one sweep to the next; a minute: there are no follow-ups. */
  readonly checkEvery: number;
  /** What the monitor has learned of earlier runs; absent: nothing. */
  readonly runLengths?: RunLengths;
  /** How long earlier runs of every group took; absent: none is known. */
  readonly lengths?: LengthCounts;
  readonly concurrency: number;
  /** Daily, and the first time within the first hour. */
  readonly digest: DigestSchedule;
  /** By how much (ms) a process's clock may be wrong, either way. */
  readonly skew: number;
  /** By how much (ms) the index may lag. */
  readonly indexLag: number;
  /** What upstream may ask for after a 429: seconds. */
  readonly retryAfter: readonly number[];
  readonly rates: Readonly<Record<FaultKind, number>>;
  readonly windows: readonly Window[];
  /** Those that somebody registers, and the runs of iModels. */
  readonly jobs: readonly JobPlan[];
  readonly iModels: readonly IModelPlan[];
  readonly comeback?: Comeback;
}

/** What to leave out of a plan: to find out what a failure needs. */
export interface Without {
  readonly troubles: ReadonlySet<TroubleKind>;
  readonly jobIds: ReadonlySet<string>;
}

const START = Date.UTC(2026, 1, 1);

/** The plan that belongs to a seed. */
export function createPlan(seed: number, without?: Without): Plan {
  const random = createRandom(seed);
  const troubles = without?.troubles ?? new Set<TroubleKind>();
  const shape = shapeOf(random);
  const calmFrom = START + random.integer(...shape.troubled) * MINUTE;
  const troubled = { start: START, calmFrom };
  const ordinary = windowsOf(random.fork(), shape, troubled);
  const windows = [
    ...ordinary,
    ...laterWindowsOf(seed, shape, troubled),
    ...faultBeforeStop(createRandom(seed ^ 0xfa17), troubled, ordinary),
  ].filter(({ kind }) => !troubles.has(kind));
  const comeback =
    random.chance(0.02) && !troubles.has('records expire')
      ? comebackTo(random.fork(), START)
      : undefined;
  const jobs = jobsOf(random.fork(), shape, troubled, comeback);
  const isTight = random.chance(0.2);
  const skew = random.chance(0.3) ? random.integer(1, 30) * SECOND : random.integer(0, 50);
  const indexLag = random.integer(0, random.chance(0.2) ? 10_000 : 2_000);
  const quiet = random.chance(0.1) ? 0 : random.pick([0.3, 1, 1, 2]);
  const share = quiet === 0 ? random.pick([0, 0.2, 0.5]) : random.pick([0, 0, 0.1, 0.3]);
  const sick = { share, retryAfter: shape.retryAfter, troubled, without: troubles };
  const registered = withSickness(random.fork(), jobs, sick);
  const { iModels, runs } = iModelsOf(random.fork(), shape, troubled, comeback);
  const isWithin = ({ jobId }: JobPlan) => !without?.jobIds.has(jobId);
  const lengths = knownLengths(createRandom(seed ^ 0x1e49));
  const remind = lengths ? withReminders : (_: Random, as: readonly JobPlan[]) => as;
  return {
    seed,
    start: START,
    calmFrom,
    checksPerMinute: isTight && !troubles.has('little budget') ? random.integer(2, 8) : 300,
    checkEvery: createRandom(seed ^ 0xf0110).pick([15, 20, 30, 60, 60, 60, 60, 60, 60]) * SECOND,
    concurrency: random.pick([1, 3, 50]),
    digest: digestOf(createRandom(seed ^ 0xd19e)),
    skew: troubles.has('clocks differ') ? 0 : skew,
    indexLag: troubles.has('index lags') ? 0 : indexLag,
    retryAfter: shape.retryAfter,
    rates: ratesOf(quiet, windows, troubles),
    windows: quiet === 0 ? [] : windows,
    jobs: remind(
      createRandom(seed ^ 0x2e31),
      withChanges(
        createRandom(seed ^ 0xc4a9),
        [...registered, ...withSickness(random.fork(), runs, sick)],
        calmFrom,
      ),
    ).filter(isWithin),
    ...(lengths && { lengths }),
    iModels,
    ...(comeback && { comeback }),
    ...(random.chance(0.5) && { runLengths: random.pick(HISTORIES) }),
  };
}

/** Zones, and by how much (minutes) their clocks are before those of UTC in February. */
const ZONES = [
  ['UTC', 0],
  ['Asia/Kathmandu', 345],
  ['America/New_York', -300],
] as const;

function digestOf(random: Random): DigestSchedule {
  const [timeZone, offset] = random.pick(ZONES);
  const minutes = (random.integer(1, 59) + offset + 1_440) % 1_440;
  const weekdays = [0, 1, 2, 3, 4, 5, 6];
  return { hour: Math.floor(minutes / 60), minute: minutes % 60, weekdays, timeZone };
}

/**
 * In half of the runs, how long earlier runs took: some minutes; of few, or of many. By randomness of its
 * own, so that the other runs stay what they were.
 */
function knownLengths(random: Random): LengthCounts | undefined {
  if (random.chance(0.5)) return undefined;
  const lengths = Array.from({ length: random.pick([7, 9, 10, 60]) }, () => random.integer(1, 12));
  return lengths.map((minutes) => minutes * MINUTE).reduce<LengthCounts>(countLength, {});
}

/** Runs that ended within minutes or went on for hours; and runs that all took half an hour. */
const HISTORIES: readonly RunLengths[] = [
  { ended: [100, 100, 100], givenUp: [0, 0, 0, 0, 0, 0, 0, 100] },
  { ended: [0, 0, 0, 0, 10, 300], givenUp: [] },
];

function ratesOf(
  factor: number,
  windows: readonly Window[],
  without: ReadonlySet<TroubleKind>,
): Record<FaultKind, number> {
  const isMissingWindow = windows.some(({ kind }) => isOfRuns(kind));
  const rate = (kind: FaultKind) => {
    if (without.has(kind)) return 0;
    // Both together can be one fault of more than an hour, which may end a run.
    if (isMissingWindow && (kind === 'upstream 404' || kind === 'upstream 403')) return 0;
    return FAULT_RATES[kind] * factor;
  };
  return Object.fromEntries(
    Object.keys(FAULT_RATES).map((kind) => [kind, rate(kind as FaultKind)]),
  ) as Record<FaultKind, number>;
}

/** The most requests that a pass takes while all is well: one for each job, and for each page of a list. */
export function requestsOfPass({ jobs, iModels }: Pick<Plan, 'jobs' | 'iModels'>): number {
  const pages = iModels.map(({ iModelId, pageSize, history }) => {
    const runs = jobs.filter(({ listed }) => listed?.iModelId === iModelId);
    return 1 + Math.floor((runs.length + history.length) / pageSize);
  });
  return pages.reduce((sum, count) => sum + count, jobs.length);
}

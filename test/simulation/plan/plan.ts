import { MINUTE, SECOND } from '../../functions/core/durations.ts';
import {
  FAULT_RATES,
  type FaultKind,
  type TroubleKind,
  WINDOW_KINDS,
  type WindowKind,
} from './faults.ts';
import { createRandom, type Random } from './random.ts';

/** What becomes of a run upstream. Times are ms since the epoch. */
export interface Script {
  /** State words by the time from which each holds, oldest first. */
  readonly states: readonly { readonly at: number; readonly word: string }[];
  readonly end?: { readonly at: number; readonly word: string };
  /** From when on upstream does not know it, or does not show it. */
  readonly gone?: { readonly at: number; readonly status: 403 | 404 };
}

/** What somebody asks the API to do with a job, and when (ms since the epoch). */
export interface Request {
  readonly at: number;
  readonly kind: 'register' | 'cancel';
  readonly timeoutMinutes: number;
}

/** One job, its run, and what its callers want. */
export interface JobPlan {
  readonly jobId: string;
  readonly label?: string;
  readonly script: Script;
  readonly requests: readonly Request[];
}

/** A time in which something is wrong throughout. ms since the epoch. */
export interface Window {
  readonly kind: WindowKind;
  readonly from: number;
  readonly until: number;
}

/** Everything about a run of the simulation that is known beforehand. */
export interface Plan {
  readonly seed: number;
  readonly start: number;
  /** From here on nothing goes wrong any more, and all has to settle. */
  readonly calmFrom: number;
  readonly checksPerMinute: number;
  readonly concurrency: number;
  /** By how much (ms) a process's clock may be wrong, either way. */
  readonly skew: number;
  /** By how much (ms) the index may lag. */
  readonly indexLag: number;
  readonly rates: Readonly<Record<FaultKind, number>>;
  readonly windows: readonly Window[];
  readonly jobs: readonly JobPlan[];
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
  const calmFrom = START + random.integer(45, 90) * MINUTE;
  const windows = windowsOf(random.fork(), calmFrom).filter(({ kind }) => !troubles.has(kind));
  const jobs = jobsOf(random.fork(), calmFrom);
  const isTight = random.chance(0.2);
  const skew = random.chance(0.3) ? random.integer(1, 30) * SECOND : random.integer(0, 50);
  const indexLag = random.integer(0, random.chance(0.2) ? 10_000 : 2_000);
  const quiet = random.chance(0.05) ? 0 : random.pick([0.3, 1, 1, 2]);
  return {
    seed,
    start: START,
    calmFrom,
    checksPerMinute: isTight && !troubles.has('little budget') ? random.integer(4, 15) : 300,
    concurrency: random.pick([1, 3, 50]),
    skew: troubles.has('clocks differ') ? 0 : skew,
    indexLag: troubles.has('index lags') ? 0 : indexLag,
    rates: ratesOf(quiet, windows, troubles),
    windows: quiet === 0 ? [] : windows,
    jobs: jobs.filter(({ jobId }) => !without?.jobIds.has(jobId)),
  };
}

function ratesOf(
  factor: number,
  windows: readonly Window[],
  without: ReadonlySet<TroubleKind>,
): Record<FaultKind, number> {
  const isMissingWindow = windows.some(({ kind }) => kind.startsWith('all runs'));
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

function windowsOf(random: Random, calmFrom: number): Window[] {
  const kinds = WINDOW_KINDS.filter(() => random.chance(0.25));
  const isBoth = kinds.includes('all runs missing') && kinds.includes('all runs forbidden');
  return kinds
    .filter((kind) => !isBoth || kind !== 'all runs forbidden')
    .map((kind) => {
      const { from, minutes } = kind.startsWith('all runs')
        ? missingWindow(random, calmFrom)
        : anyWindow(random, calmFrom);
      return { kind, from, until: Math.min(calmFrom, from + minutes * MINUTE) };
    });
}

function anyWindow(random: Random, calmFrom: number) {
  const minutes = random.chance(0.6) ? random.integer(1, 8) : random.integer(5, 55);
  return { from: random.integer(START, calmFrom - MINUTE), minutes };
}

/** Often longer than the hour for which a run that was seen must be missing before that is its end. */
function missingWindow(random: Random, calmFrom: number) {
  return random.chance(0.5)
    ? anyWindow(random, calmFrom)
    : { from: START + random.integer(2, 10) * MINUTE, minutes: random.integer(50, 80) };
}

function jobsOf(random: Random, calmFrom: number): JobPlan[] {
  const [fewest, most] = random.pick(JOB_COUNTS);
  const count = random.integer(fewest, most);
  const mayBeGone = random.chance(0.5) ? 0.06 : 0;
  return Array.from({ length: count }, (_, i) => {
    const digits = Math.floor(random.next() * 2 ** 40)
      .toString(16)
      .padStart(10, '0');
    const jobId = `${digits.slice(0, 8)}-0000-4000-8000-${String(i + 1).padStart(12, '0')}`;
    return {
      jobId,
      ...(random.chance(0.3) && { label: random.chance(0.2) ? 'poison' : `run ${i + 1}` }),
      ...lifeOf(random, calmFrom, random.chance(mayBeGone)),
    };
  });
}

function lifeOf(random: Random, calmFrom: number, isGone: boolean) {
  const registerAt = random.chance(0.5)
    ? START + random.integer(0, 5 * SECOND)
    : random.integer(START, calmFrom - 5 * MINUTE);
  const createdAt = registerAt - random.integer(-2, 10) * MINUTE;
  const timeoutMinutes = random.chance(0.15) ? random.integer(5, 30) : random.integer(40, 180);
  const script = scriptOf(random, createdAt, registerAt, isGone);
  const first: Request = { at: registerAt, kind: 'register', timeoutMinutes };
  const later = laterRequests(random, script, registerAt, calmFrom);
  return { script, requests: [first, ...(random.chance(0.05) ? [first] : []), ...later] };
}

function laterRequests(random: Random, script: Script, from: number, calmFrom: number): Request[] {
  const news = [...script.states, ...(script.end ? [script.end] : [])].map(({ at }) => at);
  const count = random.chance(0.3) ? random.integer(1, 4) : 0;
  return Array.from({ length: count }, (): Request => {
    // Just when a sweep comes with news is when a request can do harm.
    const tick = Math.ceil(random.pick(news) / MINUTE) * MINUTE + random.integer(0, 1_500);
    const at = random.chance(0.7) ? tick : random.integer(from, calmFrom);
    return {
      at: Math.min(calmFrom, Math.max(from, at)),
      kind: random.chance(0.5) ? 'register' : 'cancel',
      timeoutMinutes: random.integer(20, 120),
    };
  }).sort((a, b) => a.at - b.at);
}

function scriptOf(random: Random, createdAt: number, registerAt: number, isGone: boolean): Script {
  const states = [{ at: createdAt, word: 'Queued' }];
  let at = createdAt;
  for (const word of random.pick(PATHS)) {
    at += random.integer(5 * SECOND, 20 * MINUTE);
    states.push({ at, word });
  }
  const endAt = at + random.integer(5 * SECOND, 40 * MINUTE);
  const goneAt = random.integer(registerAt - 5 * MINUTE, registerAt + 60 * MINUTE);
  return {
    states,
    ...(!random.chance(0.04) && { end: { at: endAt, word: random.pick(ENDS) } }),
    ...(isGone && { gone: { at: goneAt, status: random.pick([403, 404] as const) } }),
  };
}

const PATHS = [
  ['Running'],
  ['Running'],
  ['Running', 'Archiving'],
  ['Running', 'Cancelled'],
  [],
  ['Running', 'Queued', 'Running'],
];
const ENDS = ['Succeeded', 'Succeeded', 'Failed', 'PartiallySucceeded'];

/** Few jobs are judged in other ways than many. */
const JOB_COUNTS = [
  [1, 3],
  [2, 9],
  [14, 45],
  [14, 45],
  [14, 45],
  [14, 45],
  [14, 45],
  [14, 45],
] as const;

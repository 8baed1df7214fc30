import { hadEndedWhenFirstSeen, type Job, seenInWatch, type UsualLength } from '../jobs/job.ts';
import { isEndedByMonitor, isSeen, isTerminal } from '../jobs/states.ts';
import { DEFAULT_KIND } from '../kinds/kinds.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';

/**
 * How long (ms) a run took, as far as the monitor can tell. Upstream has `Told` when it began, or it was
 * first `Seen` before it was `Running`; or `SeenRunning`, and then it took so long at least. So long at most
 * it took where it was not seen to end.
 */
export interface RunTime {
  readonly from: 'Told' | 'Seen' | 'SeenRunning';
  readonly bound?: 'at least' | 'at most';
  readonly ms: number;
}

/** What tells how long a run took: of a job, or of the alert of its end. */
type RunFacts = Pick<
  Job,
  'state' | 'startedAt' | 'registeredAt' | 'transitions' | 'transitionsDropped'
>;

/** From when a run counts, until a time (ms since the epoch). */
function beginning(run: RunFacts, until: number) {
  const { startedAt } = run;
  // A clock of upstream's that is ahead of ours must not make a run end before it began.
  if (startedAt !== undefined && startedAt <= until)
    return { from: 'Told', at: startedAt } as const;
  const [first] = seenInWatch(run);
  if (first === undefined || isTerminal(first.to)) return undefined;
  // Else a run of days that was registered again would seem to have begun with the first change that was kept.
  if (run.transitionsDropped && isSeen(first.from)) return undefined;
  return { from: first.to === 'Running' ? 'SeenRunning' : 'Seen', at: first.at } as const;
}

/**
 * From when a run began, as upstream says, or else was first seen in this watch, until its end or another
 * time (ms since the epoch). Undefined of a run that had ended when it was first seen, or of which more was
 * seen than is kept, where upstream does not say.
 */
export function runTime(run: RunFacts, until: number): RunTime | undefined {
  const began = beginning(run, until);
  if (began === undefined) return undefined;
  const { from, at } = began;
  const { uncheckedSince } = run.transitions.at(-1) ?? {};
  // How long before its end it was seen is all that is known.
  if (from === 'SeenRunning')
    return { from, bound: 'at least', ms: (uncheckedSince ?? until) - at };
  const isAtMost = uncheckedSince !== undefined || hadEndedWhenFirstSeen(run);
  return { from, ...(isAtMost && { bound: 'at most' }), ms: until - at };
}

/** How long (ms) a run took that upstream has ended; undefined when that is not known. */
export function runLength(run: RunFacts, endedAt: number): number | undefined {
  if (!isTerminal(run.state) || isEndedByMonitor(run.state)) return undefined;
  const time = runTime(run, endedAt);
  const isSeenToEnd = run.transitions.at(-1)?.uncheckedSince === undefined;
  return time?.bound === 'at most' || !isSeenToEnd ? undefined : time?.ms;
}

/**
 * How many runs took how long, in classes of which each is a fourth of an octave: class `n` begins at
 * `2^(n/4)` s. What is absent is 0, so that a group of runs that are alike takes a few dozen bytes.
 */
export type LengthCounts = Readonly<Record<string, number>>;

/** Classes in which a length doubles. */
const PER_DOUBLING = 4;

/** The longest watch, and the day more that an overdue one may last. */
const LONGEST = 8 * DAY;

/** By which share a quantile of classes may be off the exact one, of runs of 1 s to 8 days: 9.1 %. */
export const QUANTILE_ERROR = 2 ** (1 / (2 * PER_DOUBLING)) - 1;

/** The class of a length (ms). Shorter than 1 s counts as 1 s. */
function lengthClass(length: number): number {
  const seconds = Math.min(Math.max(length, SECOND), LONGEST) / SECOND;
  return Math.floor(PER_DOUBLING * Math.log2(seconds));
}

/** The counts with one more length (ms). */
export function countLength(counts: LengthCounts, length: number): LengthCounts {
  const key = lengthClass(length);
  return { ...counts, [key]: (counts[key] ?? 0) + 1 };
}

/** The counts of several groups of runs together. */
export function mergeCounts(all: readonly LengthCounts[]): LengthCounts {
  const sum: Record<string, number> = {};
  for (const [key, count] of all.flatMap(Object.entries<number>))
    sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

/** How many runs were counted. */
export function countOf(counts: LengthCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * The length (ms) that a share of the runs (0 to 1) did not exceed, by nearest rank: the middle of the
 * class in which the exact one is, see `QUANTILE_ERROR`; undefined of no runs.
 */
export function quantile(counts: LengthCounts, share: number): number | undefined {
  const rank = share * countOf(counts);
  let before = 0;
  const classes = Object.entries(counts).sort(([a], [b]) => Number(a) - Number(b));
  const found = classes.find(([, count]) => {
    before += count;
    return count > 0 && before >= rank;
  });
  return found && SECOND * 2 ** ((Number(found[0]) + 0.5) / PER_DOUBLING);
}

/** How long the runs of a group took, as it is on record. */
export interface GroupLengths {
  readonly group: string;
  /** Rises by one on every write; every write is conditional on the version it was made from. */
  readonly version: number;
  readonly counts: LengthCounts;
  /** When the last of them ended (ms since the epoch). */
  readonly endedAt: number;
}

/**
 * What runs are compared by: their kind and iModel, else their kind and label. Undefined of a run with
 * neither, which is compared with none.
 */
export function groupOf({ kind, iModelId, label }: Pick<Job, 'kind' | 'iModelId' | 'label'>) {
  const sort = kind ?? DEFAULT_KIND;
  if (iModelId !== undefined) return `${sort}#imodel#${iModelId}`;
  return label === undefined ? undefined : `${sort}#label#${label}`;
}

/** From so many runs on, each counts half as much: what is usual follows the runs of late. */
const MEMORY = 200;
/** What weighs less is forgotten. */
const LEAST_WEIGHT = 0.5;

/** The lengths of a group with some more in them: those of runs that have ended. */
export function withLengths(
  group: string,
  before: GroupLengths | undefined,
  ended: readonly Pick<Job, 'runLength' | 'endedAt'>[],
): GroupLengths {
  const addTo = (counts: LengthCounts, { runLength = 0 }: Pick<Job, 'runLength'>) => {
    const more = countLength(counts, runLength);
    return countOf(more) < MEMORY ? more : halved(more);
  };
  return {
    group,
    version: (before?.version ?? 0) + 1,
    counts: ended.reduce(addTo, before?.counts ?? {}),
    endedAt: Math.max(before?.endedAt ?? 0, ...ended.map(({ endedAt = 0 }) => endedAt)),
  };
}

function halved(counts: LengthCounts): LengthCounts {
  const halves = Object.entries(counts).map(([key, count]) => [key, count / 2] as const);
  return Object.fromEntries(halves.filter(([, count]) => count >= LEAST_WEIGHT));
}

/** A wait (ms) between two checks that is as short as it gets, but for a sweep that is left out. */
const SHORT_WAIT = 2 * MINUTE;

/**
 * Whether the length of a run that has ended is known well enough to learn from: between its last check
 * and the one that found its end went less than a class. After an outage it is not.
 *
 * @param checkedAt when it was last checked before (ms since the epoch); undefined: not known
 */
export function isLengthKnown(
  { runLength, endedAt = 0, transitions }: Pick<Job, 'runLength' | 'endedAt' | 'transitions'>,
  checkedAt = 0,
): boolean {
  if (runLength === undefined) return false;
  const waited = endedAt - Math.max(checkedAt, transitions.at(-2)?.at ?? 0);
  return waited <= Math.max(SHORT_WAIT, runLength * (1 - 2 ** (-1 / PER_DOUBLING)));
}

/** Of fewer runs nothing is usual. */
const FEW = 10;

/** What is usual of runs of which so many took so long; undefined of few. */
export function usualLength(counts: LengthCounts): Required<UsualLength> | undefined {
  const runs = Math.floor(countOf(counts));
  if (runs < FEW) return undefined;
  const of = (share: number, times = 1) => inWords(times * (quantile(counts, share) ?? 0));
  return {
    runs,
    median: of(0.5),
    p90: of(0.9),
    shortBelow: of(0.05, 0.5),
    longAbove: of(0.95, 2),
  };
}

/** A length as exact as the classes are, and as a person says it. */
function inWords(length: number): number {
  const [, unit] = UNITS.find(([from]) => length >= from) ?? [0, SECOND];
  return Math.round(length / unit) * unit;
}

/** In which units (ms) lengths are told, from which length on. */
const UNITS = [
  [DAY, HOUR],
  [2 * HOUR, 10 * MINUTE],
  [10 * MINUTE, MINUTE],
  [2 * MINUTE, 10 * SECOND],
] as const;

/** Whether a run succeeded so soon (ms since the epoch) that somebody should look at what it made. */
export function isUnusuallyShort(run: RunFacts & Pick<Job, 'usual'>, endedAt: number): boolean {
  const time = runTime(run, endedAt);
  if (run.state !== 'Succeeded' || !run.usual || time === undefined) return false;
  // It was Running when it was first seen: for how long nobody knows.
  return time.bound !== 'at least' && time.ms < run.usual.shortBelow;
}

/**
 * When somebody should be told that a run is still pending (ms since the epoch), since it is unusually
 * long by then; undefined when that is not known, or not wanted.
 */
export function longAt(job: Job, now: number): number | undefined {
  const { usual, unusuallyLong = true, timeoutAt } = job;
  const began = beginning(job, now);
  if (!unusuallyLong || usual?.longAbove === undefined || !began) return undefined;
  const at = began.at + usual.longAbove;
  return at < timeoutAt ? at : undefined;
}

/** By when a pending run has probably ended (ms since the epoch): 9 of 10 such runs have. */
export function probableEnd(run: RunFacts & Pick<Job, 'usual'>): number | undefined {
  const began = isTerminal(run.state) ? undefined : beginning(run, Number.POSITIVE_INFINITY);
  return began && run.usual && began.at + run.usual.p90;
}

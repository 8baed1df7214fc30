import { hadEndedWhenFirstSeen, type Job } from '../jobs/job.ts';
import { isEndedByMonitor, isSeen, isTerminal } from '../jobs/states.ts';
import { DAY, SECOND } from '../time.ts';

/**
 * How long (ms) a run took, as far as the monitor can tell. `Told`: upstream says when it began, and it was
 * seen to end; `AtMost`: the same of a run that had ended when it was first seen. `Seen`: it was first seen
 * before it was `Running`, and seen to end; `AtLeast`: it was `Running` when it was first seen.
 */
export interface RunTime {
  readonly kind: 'Told' | 'AtMost' | 'Seen' | 'AtLeast';
  readonly ms: number;
}

/** What tells how long a run took: of a job, or of the alert of its end. */
type RunFacts = Pick<Job, 'state' | 'startedAt' | 'registeredAt' | 'transitions'>;

/**
 * From when a run began, as upstream says, or else was first seen in this watch, to its end (ms since the
 * epoch). Undefined of a run that had ended when it was first seen, where upstream does not say.
 */
export function runTime(run: RunFacts, endedAt: number): RunTime | undefined {
  const { startedAt } = run;
  // A clock of upstream's that is ahead of ours must not make a run end before it began.
  if (startedAt !== undefined && startedAt <= endedAt) {
    return { kind: hadEndedWhenFirstSeen(run) ? 'AtMost' : 'Told', ms: endedAt - startedAt };
  }
  const first = firstSeen(run);
  if (first === undefined || isTerminal(first.to)) return undefined;
  return { kind: first.to === 'Running' ? 'AtLeast' : 'Seen', ms: endedAt - first.at };
}

/** How long (ms) a run took that upstream has ended; undefined when it had ended when first seen. */
export function runLength(run: RunFacts, endedAt: number): number | undefined {
  if (!isTerminal(run.state) || isEndedByMonitor(run.state)) return undefined;
  const time = runTime(run, endedAt);
  return time?.kind === 'AtMost' ? undefined : time?.ms;
}

/** The first state in which the run was seen since it is under watch. */
function firstSeen({ registeredAt, transitions }: Pick<RunFacts, 'registeredAt' | 'transitions'>) {
  return transitions.find(({ to, at }) => at >= registeredAt && isSeen(to));
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

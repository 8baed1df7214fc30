import { isTerminal } from '../jobs/states.ts';
import { PAGE_SIZE, type RunsPage } from '../kinds/run-list.ts';
import { omit } from '../objects.ts';
import { DAY, HOUR, isAhead } from '../time.ts';
import { begunBy, GRACE, isNew, type ListedRun, WINDOW, windowStart } from './found-runs.ts';
import type { IModel, ListTrouble } from './imodel.ts';

/** How far a list is read: what one listing has found, page by page. */
export interface Reading {
  /** By id; of an id that is listed twice an end wins. */
  readonly runs: ReadonlyMap<string, ListedRun>;
  /** What to ask for the next page with; undefined: for the first, and after the last. */
  readonly next: string | undefined;
  /** When the earliest run so far began, pages of earlier listings included (ms since the epoch). */
  readonly earliest: number;
  /** Whether the list is newest first, as far as it was read. */
  readonly isInOrder: boolean;
  /** The page that was read last has runs, and none that those before it have not. */
  readonly hasRepeated?: boolean;
}

/** How a reading ends. */
export type ReadingEnd =
  /** Nothing new can be behind; `isWhole`: there is nothing behind. */
  | { readonly kind: 'Complete'; readonly isWhole: boolean }
  /** There was no time, or no request, for more pages. */
  | { readonly kind: 'Unfinished' }
  | { readonly kind: 'Failed'; readonly trouble: Omit<ListTrouble, 'since'> };

/** The most ids that are kept of an iModel. */
const KNOWN = 500;
/** How many ids an iModel may have while a listing is under way. */
const MOST_KNOWN = 2_000;
/** How often all pages are read (ms). */
const ALL_READ_EVERY = DAY;
/** How long (ms) after a run one that is listed behind it may have begun in a list that is newest first. */
const DISORDER = HOUR;

/** Whether a listing has to read every page (`now`: ms since the epoch). */
function readsAll(iModel: IModel, now: number): boolean {
  return iModel.isUnordered === true || isAllReadDue(iModel, now);
}

/** Whether it is a day since all pages were read, or a clock was set back since. */
function isAllReadDue({ allReadAt = 0 }: IModel, now: number): boolean {
  return !isAhead(allReadAt + ALL_READ_EVERY, now, ALL_READ_EVERY);
}

/** A reading before its first page. */
export function beginReading({ next }: Pick<IModel, 'next'>): Reading {
  const { query, earliest = Number.MAX_SAFE_INTEGER, isInOrder = true } = next ?? {};
  return { runs: new Map(), next: query, earliest, isInOrder };
}

/** A reading with one more page of a list. */
export function addPage(reading: Reading, { runs, next }: RunsPage): Reading {
  let { earliest, isInOrder } = reading;
  const all = new Map(reading.runs);
  for (const run of runs) {
    all.set(run.jobId, laterOf(all.get(run.jobId), run));
    const { startedAt = earliest } = run;
    if (startedAt - earliest > DISORDER) isInOrder = false;
    earliest = Math.min(earliest, startedAt);
  }
  const hasRepeated = runs.length > 0 && all.size === reading.runs.size;
  return { runs: all, next, earliest, isInOrder, hasRepeated };
}

/** Whether more that is new may be behind the first page of a list: it is full, and all of it is new. */
export function mayHideMore(iModel: IModel, { runs, next }: RunsPage): boolean {
  return next !== undefined && runs.length >= PAGE_SIZE && runs.every((run) => isNew(iModel, run));
}

/**
 * How a reading has ended with one more page; undefined: it goes on.
 *
 * @param before the reading without the page
 * @param after the reading with it
 * @param now ms since the epoch
 */
export function endOfReading(
  iModel: IModel,
  before: Reading,
  after: Reading,
  now: number,
): ReadingEnd | undefined {
  if (after.next === undefined) return { kind: 'Complete', isWhole: true };
  if (after.hasRepeated) return ENDLESS;
  const found = [...after.runs.values()].slice(before.runs.size);
  // Of fewer runs, on pages of whatever size, one that is new may be behind others that are known.
  const hasNoNews = found.length > 0 && !found.some((run) => isNew(iModel, run));
  const isEnough = after.runs.size >= PAGE_SIZE && hasNoNews;
  const isAll = readsAll(iModel, now) || !after.isInOrder;
  return isEnough && !isAll ? { kind: 'Complete', isWhole: false } : undefined;
}

/** How a reading ends after as many pages as one listing may read. */
export function endAtLimit({ runs }: Reading): ReadingEnd {
  return runs.size > 0 ? { kind: 'Unfinished' } : ENDLESS;
}

/** A page of which all was seen before, or many pages without a run: the list goes in circles. */
const ENDLESS: ReadingEnd = {
  kind: 'Failed',
  trouble: { cause: 'Unreadable', message: 'The list of runs does not come to an end.' },
};

/** Of two entries with one id, the one that tells of an end. */
function laterOf(one: ListedRun | undefined, other: ListedRun): ListedRun {
  return one?.status && isTerminal(one.status.state) ? one : other;
}

/**
 * An iModel after a listing whose runs are all on record. The window moves only by a listing that came
 * to its end. The same object when there is nothing to write (`now`: ms since the epoch).
 */
export function afterListing(
  iModel: IModel,
  reading: Reading,
  end: ReadingEnd,
  now: number,
): IModel {
  const after = {
    ...standingAfter(begunBy(iModel, now), reading, end, now),
    version: iModel.version + 1,
  };
  return isSame(iModel, after) ? iModel : after;
}

function standingAfter(iModel: IModel, reading: Reading, end: ReadingEnd, now: number): IModel {
  const { runs, next: query, earliest, isInOrder } = reading;
  const before = omit(iModel, 'next', 'trouble');
  const known = { ...iModel.known };
  // A run that does not tell when it began is kept until two readings of all pages have not shown it:
  // forgotten sooner, one that was over before the watch began would be news.
  const isKeptOn = end.kind !== 'Failed' && readsAll(iModel, now);
  // What is of no account now may be of account when somebody wants to watch for longer.
  for (const run of runs.values()) {
    if (isNew(iModel, run)) known[run.jobId] = run.startedAt ?? now + WINDOW;
    else if (run.startedAt === undefined && isKeptOn) known[run.jobId] = now + WINDOW;
  }
  if (end.kind === 'Failed') {
    // By a clock that was set back since, it would begin in times to come.
    const since = Math.min(now, iModel.trouble?.since ?? now);
    const isSameCause = iModel.trouble?.cause === end.trouble.cause;
    const trouble = { ...(isSameCause ? iModel.trouble : end.trouble), since };
    const hasNews = Object.keys(known).some((id) => iModel.known?.[id] === undefined);
    // The next one begins at the first page, where all is known by then: it must not stop there.
    const isBehindNews = hasNews || iModel.next !== undefined;
    const place = isBehindNews ? omit(before, 'allReadAt') : before;
    return { ...place, known: newestOf(known, KNOWN), trouble };
  }
  if (end.kind === 'Unfinished') {
    if (Object.keys(known).length > MOST_KNOWN) {
      const message = 'The list has more runs than can be followed.';
      const tooLong = { kind: 'Failed', trouble: { cause: 'Unreadable', message } } as const;
      return standingAfter(iModel, reading, tooLong, now);
    }
    // Without a place to go on at, the next one begins at the first page: it must not stop there.
    if (query === undefined) return { ...omit(before, 'allReadAt'), known };
    return {
      ...before,
      known,
      next: { query, earliest, isInOrder },
    };
  }
  // One that claims to begin in years must not hide all that begin before it.
  const starts = [...runs.values()].map(({ startedAt = 0 }) => Math.min(startedAt, now + GRACE));
  const newest = Math.max(iModel.newestAt ?? 0, ...starts);
  const isUnordered = !isInOrder || (iModel.isUnordered && !end.isWhole);
  const after: IModel = {
    ...omit(before, 'isUnordered'),
    known,
    // Else a list without starts would seem empty for ever, and what ends in it old.
    ...(newest > 0 ? { newestAt: newest } : runs.size > 0 && { hasUndated: true }),
    // That all pages were read is worth a write once a day.
    ...(end.isWhole && isAllReadDue(iModel, now) && { allReadAt: now }),
    ...(isUnordered && { isUnordered: true }),
  };
  return withinWindow(after, now);
}

/** Ids are kept of what began within the window; of more than can be kept, the window shrinks. */
function withinWindow(iModel: IModel, now: number): IModel {
  const from = windowStart(iModel);
  const inWindow = Object.entries(iModel.known ?? {}).filter(([, startedAt]) => startedAt >= from);
  const known = newestOf(Object.fromEntries(inWindow), KNOWN);
  const dropped = inWindow
    .filter(([id]) => known[id] === undefined)
    .map(([, startedAt]) => startedAt);
  // What is kept of a run without a start lies ahead: as a floor it would hide all that begin meanwhile.
  const begun = dropped.filter((startedAt) => startedAt <= now + GRACE);
  const floor = Math.max(iModel.floor ?? 0, ...begun.map((startedAt) => startedAt + 1));
  return { ...iModel, known, ...(dropped.length > 0 && { floor }) };
}

/** The newest of known runs, so many at most. */
function newestOf(
  known: Readonly<Record<string, number>>,
  count: number,
): Readonly<Record<string, number>> {
  const sorted = Object.entries(known).toSorted(([, one], [, other]) => other - one);
  return Object.fromEntries(sorted.slice(0, count));
}

/** Whether two versions of an iModel differ in nothing that a listing finds out. */
function isSame(before: IModel, after: IModel): boolean {
  const ids = Object.keys(after.known ?? {});
  const facts = ['since', 'newestAt', 'hasUndated', 'isUnordered', 'floor', 'allReadAt'] as const;
  return (
    facts.every((fact) => before[fact] === after[fact]) &&
    before.next?.query === after.next?.query &&
    before.trouble?.cause === after.trouble?.cause &&
    before.trouble?.since === after.trouble?.since &&
    ids.every((id) => before.known?.[id] !== undefined)
  );
}

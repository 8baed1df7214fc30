import { omit } from '../objects.ts';
import { begunBy, GRACE, isNew, WINDOW, windowStart } from './found-runs.ts';
import type { IModel } from './imodel.ts';
import { isAllReadDue, type Reading, type ReadingEnd, readsAll } from './reading.ts';

/** The most ids that are kept of an iModel. */
const KNOWN = 500;
/** How many ids an iModel may have while a listing is under way. */
const MOST_KNOWN = 2_000;

/** Upstream limits our requests, as the answer for a list says. Times are ms since the epoch. */
export interface ListLimit {
  readonly limitedAt: number;
  /** Where the limit is this list's alone: until when it is not asked for. */
  readonly notBefore?: number;
}

/**
 * An iModel after a listing whose runs are all on record. The window moves only by a listing that came
 * to its end. The same object when there is nothing to write (`now`: ms since the epoch).
 *
 * @param end undefined when not one page could be read
 * @param limit the limit that broke it off
 */
export function afterListing(
  iModel: IModel,
  reading: Reading,
  end: ReadingEnd | undefined,
  now: number,
  limit?: ListLimit,
): IModel {
  const begun = begunBy(iModel, now);
  const after = {
    ...omit(end ? standingAfter(begun, reading, end, now) : begun, 'limitedAt', 'notBefore'),
    ...limit,
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
    const { since: begun = now } = iModel.trouble ?? {};
    const since = begun > now + GRACE ? now : begun;
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
  const facts = [
    ...(['since', 'newestAt', 'hasUndated', 'isUnordered', 'floor', 'allReadAt'] as const),
    ...(['limitedAt', 'notBefore'] as const),
  ];
  return (
    facts.every((fact) => before[fact] === after[fact]) &&
    before.next?.query === after.next?.query &&
    before.trouble?.cause === after.trouble?.cause &&
    before.trouble?.since === after.trouble?.since &&
    ids.every((id) => before.known?.[id] !== undefined)
  );
}

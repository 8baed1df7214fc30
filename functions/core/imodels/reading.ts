import { isTerminal } from '../jobs/states.ts';
import { PAGE_SIZE, type RunsPage } from '../kinds/run-list.ts';
import type { RunListAnswer } from '../ports.ts';
import { DAY, HOUR, isAhead } from '../time.ts';
import { isNew, type ListedRun } from './found-runs.ts';
import { type IModel, type ListTrouble, TROUBLES } from './imodel.ts';

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

/** How often all pages are read (ms). */
const ALL_READ_EVERY = DAY;
/** How long (ms) after a run one that is listed behind it may have begun in a list that is newest first. */
const DISORDER = HOUR;

/** Whether a listing has to read every page (`now`: ms since the epoch). */
export function readsAll(iModel: IModel, now: number): boolean {
  return iModel.isUnordered === true || isAllReadDue(iModel, now);
}

/** Whether it is a day since all pages were read, or a clock was set back since. */
export function isAllReadDue({ allReadAt = 0 }: IModel, now: number): boolean {
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

/** An answer that is no page of a list. */
export type ListFailure = Exclude<RunListAnswer, { kind: 'Page' }>;

/** The end of a reading that this answer breaks off. */
export function failedBy(failure: ListFailure): ReadingEnd {
  return { kind: 'Failed', trouble: troubleOf(failure) };
}

/** What an answer that is no page says of a list. */
export function troubleOf(answer: ListFailure): Omit<ListTrouble, 'since'> {
  if (answer.kind === 'Missing') {
    const cause = answer.status === 404 ? 'NotFound' : 'AccessDenied';
    return { cause, message: TROUBLES[cause].meaning };
  }
  return { cause: 'Unreadable', message: messageOf(answer) };
}

function messageOf(answer: Exclude<ListFailure, { kind: 'Missing' }>): string {
  if (answer.kind === 'Failed') return answer.error.message;
  return answer.kind === 'Unauthorized'
    ? 'Upstream refuses the access token (401).'
    : 'Upstream limits requests for this list, though it answers for others.';
}

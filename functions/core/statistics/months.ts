import { RETENTION } from '../jobs/job.ts';
import { isoTime, monthBefore, monthOf, startOfMonth } from '../time.ts';
import {
  type EndedRun,
  figuresByGroup,
  figuresOf,
  GROUPINGS,
  type GroupedFigures,
  type Grouping,
  groupOf,
} from './figures.ts';

/** Part of a UTC month, or all of it: from a time on and before another (ms since the epoch). */
export interface MonthSpan {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly from: number;
  readonly before: number;
}

/** A span of time as the months that it is in, oldest first. */
export function monthSpans(from: number, before: number): readonly MonthSpan[] {
  const spans: MonthSpan[] = [];
  for (let start = from; start < before; ) {
    const month = monthOf(start);
    const end = Math.min(before, startOfMonth(monthBefore(month, -1)));
    spans.push({ month, from: start, before: end });
    start = end;
  }
  return spans;
}

/** A UTC month from end to end. */
export function wholeMonth(month: string): MonthSpan {
  return { month, from: startOfMonth(month), before: startOfMonth(monthBefore(month, -1)) };
}

/** Whether it is a month from end to end. */
export function isWholeMonth({ month, from, before }: MonthSpan): boolean {
  const whole = wholeMonth(month);
  return from === whole.from && before === whole.before;
}

/** Whether jobs that ended in it may have gone off the record, so that only the whole month is known. */
export function isPartlyForgotten(span: MonthSpan, now: number): boolean {
  return !isWholeMonth(span) && span.from < now - RETENTION;
}

/** The figures of a month by each way to group runs, as they are kept for good. */
export interface MonthFigures {
  readonly month: string;
  /** Rises by one on every write; every write is conditional on the version it was made from. */
  readonly version: number;
  /** The last key that was counted, of a month that is not counted to its end. */
  readonly after?: string;
  readonly by: Readonly<Record<Grouping, GroupedFigures>>;
}

/** Whether all runs of the month are in its figures. */
export function isCounted({ version, after }: MonthFigures): boolean {
  return version > 0 && after === undefined;
}

/** A month as nobody has counted it yet. */
export function uncounted(month: string): MonthFigures {
  const none = { groups: [] };
  return { month, version: 0, by: { label: none, iModel: none, jobKind: none, state: none } };
}

/** A month to be counted anew from its beginning on, which is where its figures are counted to. */
export function recounted({ month, version }: MonthFigures): MonthFigures {
  const after = isoTime(startOfMonth(month));
  return { ...uncounted(month), version: version + 1, after };
}

/**
 * The figures of a month with more of its runs.
 *
 * @param last the last key of these runs; undefined: they are the last of the month
 */
export function withRuns(
  { month, version, by }: MonthFigures,
  runs: readonly EndedRun[],
  last: string | undefined,
): MonthFigures {
  const more = GROUPINGS.map((grouping) => {
    const all = figuresByGroup();
    all.addAll(by[grouping]);
    for (const run of runs) all.add(groupOf(run, grouping), figuresOf(run));
    return [grouping, all.grouped()] as const;
  });
  return {
    month,
    version: version + 1,
    ...(last !== undefined && { after: last }),
    by: Object.fromEntries(more) as MonthFigures['by'],
  };
}

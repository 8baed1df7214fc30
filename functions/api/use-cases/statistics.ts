import type { StatisticsStore, TimeSource } from '../../core/ports.ts';
import {
  type FiguresByGroup,
  figuresByGroup,
  figuresOf,
  type GroupedFigures,
  type Grouping,
  groupOf,
} from '../../core/statistics/figures.ts';
import {
  isCounted,
  isWholeMonth,
  type MonthSpan,
  monthSpans,
} from '../../core/statistics/months.ts';
import { SECOND } from '../../core/time.ts';
import { TooManyRuns } from './refusals.ts';

/** How long (ms) one request may count: API Gateway gives up after 30 s, and the function is ended after 29. */
const TIME_TO_COUNT = 20 * SECOND;

/** How many groups an answer tells apart. */
const MOST_GROUPS_TOLD = 100;

/** What it takes to count runs. */
export interface StatisticsPorts {
  readonly statistics: Pick<StatisticsStore, 'endedPage' | 'month'>;
  readonly time: TimeSource;
}

/** Which runs are counted, and by what they are grouped. */
export interface StatisticsRequest {
  /** Those that ended then or later (ms since the epoch). */
  readonly from: number;
  /** Those that ended before. */
  readonly to: number;
  readonly groupBy: Grouping;
}

/**
 * The figures of the runs that ended in a span of time. A whole month comes from the figures that are kept
 * of it, once they are; all else run by run from the index by time of end, page by page.
 *
 * @throws TooManyRuns when they cannot be counted in time
 */
export async function getStatistics(
  { statistics, time }: StatisticsPorts,
  { from, to, groupBy }: StatisticsRequest,
): Promise<GroupedFigures> {
  const figures = figuresByGroup();
  const signal = time.timeout(TIME_TO_COUNT);
  try {
    for (const span of monthSpans(from, to)) {
      const kept = isWholeMonth(span) ? await statistics.month(span.month, signal) : undefined;
      if (kept && isCounted(kept)) figures.addAll(kept.by[groupBy]);
      else await addRuns(statistics, span, groupBy, figures, signal);
    }
  } catch (error) {
    throw signal.aborted ? new TooManyRuns() : error;
  }
  return figures.grouped(MOST_GROUPS_TOLD);
}

async function addRuns(
  statistics: StatisticsPorts['statistics'],
  span: MonthSpan,
  groupBy: Grouping,
  figures: FiguresByGroup,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined;
  do {
    signal.throwIfAborted();
    const { items, last } = await statistics.endedPage(span, after, undefined, signal);
    for (const run of items) figures.add(groupOf(run, groupBy), figuresOf(run));
    after = last;
  } while (after !== undefined);
}

import { type EndedRun, runsIn, totalOf } from '../core/statistics/figures.ts';
import {
  isCounted,
  recounted,
  uncounted,
  wholeMonth,
  withRuns,
} from '../core/statistics/months.ts';
import { type Checkpoint, monthsKeptEarly, monthsToKeep } from '../core/sweeps/checkpoint.ts';
import { monthBefore, SECOND } from '../core/time.ts';
import type { SweepContext } from './context.ts';

/** How many runs one sweep counts at most, and how many it reads at a time: the next sweep goes on from there. */
const MOST_RUNS = 10_000;
const PAGE = 1_000;
/** The most time (ms) for it: the sweep has to save how far its checks came. */
const TIME_TO_COUNT = 8 * SECOND;

/**
 * Counts the runs of months that are over, and keeps their figures for good: a month, as far as it is
 * counted, is one item, and is never written again once it is counted to its end, unless that was by a clock
 * that was set back since. Never throws: what goes wrong is logged and counted, and the next sweep tries again.
 *
 * @param found says which months are owed
 * @returns what to add to the checkpoint
 */
export async function keepMonths(
  context: SweepContext,
  found: Checkpoint,
): Promise<Pick<Checkpoint, 'month'>> {
  const { time, log, report } = context;
  const signal = AbortSignal.any([context.signal, time.timeout(TIME_TO_COUNT)]);
  let next: Pick<Checkpoint, 'month'> = {};
  let room = MOST_RUNS;
  try {
    for (const month of monthsKeptEarly(found, time.now())) {
      if (!(await forgetMonth(context, month, signal))) break;
      next = { month };
    }
    for (const month of monthsToKeep(found, time.now())) {
      const { isWhole, counted } = await countMonth(context, month, room, signal);
      if (!isWhole) break;
      next = { month: monthBefore(month, -1) };
      room -= counted;
      if (room <= 0) break;
    }
  } catch (error) {
    if (context.signal.aborted) return next;
    report.errors += 1;
    log.error('The figures of a month could not be kept; the next sweep tries again', { error });
  }
  return next;
}

/** @returns whether nothing is on record of the month that is not to be counted anew */
async function forgetMonth(
  { statistics }: SweepContext,
  month: string,
  signal: AbortSignal,
): Promise<boolean> {
  const known = await statistics.month(month, signal);
  return known === undefined || (await statistics.keep(recounted(known), signal));
}

async function countMonth(
  { statistics, log }: SweepContext,
  month: string,
  room: number,
  signal: AbortSignal,
): Promise<{ readonly isWhole: boolean; readonly counted: number }> {
  const known = (await statistics.month(month, signal)) ?? uncounted(month);
  if (isCounted(known)) return { isWhole: true, counted: 0 };
  const runs: EndedRun[] = [];
  let after = known.after;
  do {
    const page = await statistics.endedPage(wholeMonth(month), after, PAGE, signal);
    runs.push(...page.items);
    after = page.last;
  } while (after !== undefined && runs.length < room);
  const figures = withRuns(known, runs, after);
  const isKept = await statistics.keep(figures, signal);
  if (isKept && isCounted(figures)) {
    log.info('The figures of a month are kept', { month, runs: runsIn(totalOf(figures.by.state)) });
  }
  return { isWhole: isKept && isCounted(figures), counted: runs.length };
}

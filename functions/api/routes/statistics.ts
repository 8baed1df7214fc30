import * as z from 'zod/mini';
import {
  type Figures,
  GROUPINGS,
  type GroupedFigures,
  runsIn,
  totalOf,
} from '../../core/statistics/figures.ts';
import { countOf, QUANTILE_ERROR, quantile } from '../../core/statistics/lengths.ts';
import { isPartlyForgotten, monthSpans } from '../../core/statistics/months.ts';
import { DAY, isoTime, SECOND, startOfMonth } from '../../core/time.ts';
import { json } from '../http/answers.ts';
import { InvalidRequest } from '../http/problems.ts';
import type { ApiPorts, ApiRoute } from '../http/route.ts';
import { queryParameters, timeSchema, validParameters } from '../http/validation.ts';
import type { FiguresView, StatisticsView } from '../openapi/schemas/statistics.ts';
import { getStatistics, type StatisticsRequest } from '../use-cases/statistics.ts';

/** What is told of unless the caller says since when (ms). */
const USUAL_SPAN = 30 * DAY;

/** How many months one request is about at the most, begun ones included. */
export const MOST_MONTHS = 24;

/** The query parameters of `GET /statistics`. */
export const statisticsSchema = z.strictObject({
  from: z.optional(timeSchema()),
  to: z.optional(timeSchema()),
  groupBy: z.prefault(
    z.enum(GROUPINGS, `must be one of ${GROUPINGS.join(', ')}`),
    'label' as const,
  ),
});

/**
 * The span of time that is asked about: until now unless the caller says, and 30 days unless they say.
 *
 * @throws InvalidRequest when it is none, is too long, or cuts through a month of which only the whole is known
 */
export function spanOf(
  { from, to, groupBy }: z.output<typeof statisticsSchema>,
  now: number,
): StatisticsRequest {
  const end = Math.min(to ?? now, now);
  const span = { from: from ?? end - USUAL_SPAN, to: end, groupBy };
  const refuse = (parameter: 'from' | 'to', detail: string) => {
    throw new InvalidRequest([{ parameter, detail }]);
  };
  // Years before 0 are written otherwise, and nothing ended there.
  if (end < 0) refuse('to', 'must be later: nothing had ended then');
  if (span.from >= span.to) refuse('from', 'must be before `to`, and not in the future');
  const months = monthSpans(Math.max(span.from, span.to - (MOST_MONTHS + 1) * 31 * DAY), span.to);
  if (months.length > MOST_MONTHS) {
    refuse('from', `must be later: one request is about at most ${MOST_MONTHS} months`);
  }
  const forgotten = months.find((month) => isPartlyForgotten(month, now));
  if (forgotten) {
    const parameter = forgotten.from > startOfMonth(forgotten.month) ? 'from' : 'to';
    refuse(
      parameter,
      `must be the beginning of a month (UTC): of ${forgotten.month} only the whole is known any more`,
    );
  }
  return span;
}

/** Figures as callers get to see them. */
function figuresView(figures: Figures): FiguresView {
  const { states, withIssues, lengths } = figures;
  const runs = runsIn(figures);
  const seconds = (share: number) => {
    const length = quantile(lengths, share);
    return length === undefined ? null : Math.round(length / SECOND);
  };
  return {
    runs,
    outcomes: Object.entries(states)
      .toSorted(([, one], [, other]) => other - one)
      .map(([state, ended]) => ({ state, runs: ended, share: shareOf(ended, runs) })),
    withIssues,
    withIssuesShare: shareOf(withIssues, runs),
    runLength: {
      known: countOf(lengths),
      p50Seconds: seconds(0.5),
      p90Seconds: seconds(0.9),
      p95Seconds: seconds(0.95),
    },
  };
}

function shareOf(some: number, all: number): number {
  return all === 0 ? 0 : Math.round((some / all) * 10_000) / 10_000;
}

/** Statistics as callers get to see them. */
export function statisticsView(
  { from, to, groupBy }: StatisticsRequest,
  grouped: GroupedFigures,
): StatisticsView {
  return {
    from: isoTime(from),
    to: isoTime(to),
    groupBy,
    quantileError: Math.round(QUANTILE_ERROR * 1_000) / 1_000,
    total: figuresView(totalOf(grouped)),
    groups: grouped.groups.map(([name, figures]) => ({ name, ...figuresView(figures) })),
    others: grouped.others ? figuresView(grouped.others) : null,
  };
}

/** `GET /statistics`: 200 with figures of the runs that ended in a span of time, in all and by group. */
export function getStatisticsRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/statistics',
    handler: async (event) => {
      const asked = validParameters(statisticsSchema, queryParameters(event));
      const request = spanOf(asked, ports.time.now());
      return json(200, statisticsView(request, await getStatistics(ports, request)));
    },
  };
}

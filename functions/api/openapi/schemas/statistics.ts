import * as z from 'zod/mini';
import { GROUPINGS } from '../../../core/statistics/figures.ts';
import { described } from './common.ts';

const count = () => z.int().check(z.gte(0));
const share = () => z.number().check(z.gte(0), z.lte(1));
const seconds = (share: string) =>
  described(
    z.nullable(count()),
    `What ${share} of these runs did not exceed; null when of none is known how long it took.`,
  );

const figures = {
  runs: described(count(), 'How many runs ended.'),
  outcomes: described(
    z.array(z.object({ state: z.string(), runs: count(), share: share() })),
    'How they ended, the most frequent first; `share` of these runs.',
  ),
  withIssues: described(count(), 'How many certainly met with issues.'),
  withIssuesShare: share(),
  runLength: z.object({
    known: described(count(), 'Of how many runs it is known how long they took.'),
    p50Seconds: seconds('half'),
    p90Seconds: seconds('nine in ten'),
    p95Seconds: seconds('19 in 20'),
  }),
};

const figuresSchema = z.object(figures).check(z.meta({ id: 'Figures' }));

/** The answer of `GET /statistics`. */
export const statisticsSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    groupBy: z.enum(GROUPINGS),
    quantileError: described(
      z.number(),
      'By which share a length such as `p90Seconds` may be off, as lengths are counted in classes.',
    ),
    total: figuresSchema,
    groups: described(
      z.array(
        z.object({
          name: described(
            z.nullable(z.string()),
            'Label, iModel id, kind or state; null: the runs without.',
          ),
          ...figures,
        }),
      ),
      'The largest first, at most 100.',
    ),
    others: described(
      z.nullable(figuresSchema),
      'All runs of other groups; null when there are none.',
    ),
  })
  .check(z.meta({ id: 'Statistics' }));

/** The figures of some runs, as an answer tells them. */
export type FiguresView = z.output<typeof figuresSchema>;

/** Statistics, as an answer tells them. */
export type StatisticsView = z.output<typeof statisticsSchema>;

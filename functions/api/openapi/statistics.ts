import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { figuresByGroup, figuresOf, groupOf } from '../../core/statistics/figures.ts';
import { MINUTE } from '../../core/time.ts';
import { problemOf } from '../http/problems.ts';
import { validParameters } from '../http/validation.ts';
import { MOST_MONTHS, spanOf, statisticsSchema, statisticsView } from '../routes/statistics.ts';
import { TooManyRuns } from '../use-cases/refusals.ts';
import {
  commonAnswers,
  documentedParameters,
  json,
  problemFrom,
  problems,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import { statisticsSchema as answerSchema } from './schemas/statistics.ts';

const query = documentedParameters(statisticsSchema, {
  from: 'Only runs that ended then or later (UTC). Default: 30 days before `to`.',
  to: 'Only runs that ended before (UTC). Default, and at the latest: now.',
  groupBy: 'By what the runs are grouped.',
});

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2026, 1, 1);

function example() {
  const figures = figuresByGroup();
  for (let n = 0; n < 40; n += 1) {
    const run = {
      jobId: '',
      label: n % 4 === 0 ? 'Tower C' : 'Tower B, nightly',
      state: n % 20 === 0 ? 'Failed' : 'Succeeded',
      containsIssues: n % 10 === 0,
      runLength: (10 + (n % 8)) * MINUTE,
    };
    figures.add(groupOf(run, 'label'), figuresOf(run));
  }
  return statisticsView({ from: FROM, to: TO, groupBy: 'label' }, figures.grouped());
}

/** `GET /statistics` */
export const getStatisticsOperation: ZodOpenApiOperationObject = {
  operationId: 'getStatistics',
  tags: ['Jobs'],
  summary: 'Figures of the runs that ended',
  description:
    'In all and by group: how many runs ended how, how many met with issues, and how long they took. ' +
    `Of a span of at most ${MOST_MONTHS} months, begun ones included. Jobs stay on record for 90 days; of ` +
    'what ended earlier only whole months (UTC) are known, by figures that are kept for good from 7 days ' +
    'after the end of the month on. They tell 1,000 groups apart; an answer tells of the 100 largest.\n\n' +
    'Cost: up to 0.07 read units for each run that is counted, and 1 or more for each month whose figures are ' +
    'kept, by their size.',
  requestParams: { query },
  responses: {
    200: {
      description: 'The figures. Test alerts are no runs.',
      headers: revalidatedHeaders,
      content: json(answerSchema, { byLabel: example() }),
    },
    ...revalidatedAnswers,
    400: {
      description: 'A parameter is not as it should be.',
      content: problems({
        wrongParameters: problemFrom(() => validParameters(statisticsSchema, { groupBy: 'size' })),
        partOfAnOldMonth: problemFrom(() =>
          spanOf({ from: FROM + 1, to: TO, groupBy: 'state' }, Date.UTC(2026, 6, 1)),
        ),
      }),
    },
    ...commonAnswers,
    503: {
      description:
        'There was no answer in time: there are too many runs to count, or DynamoDB is slow.',
      content: {
        ...problems({ tooManyRuns: problemOf(new TooManyRuns()) }),
        ...commonAnswers[503].content,
      },
    },
  },
};

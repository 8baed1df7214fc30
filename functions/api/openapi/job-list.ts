import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { JobsUnread } from '../../adapters/dynamodb/jobs-by-month.ts';
import { problem } from '../http/problems.ts';
import { validParameters } from '../http/validation.ts';
import { encodeCursor, listSchema } from '../routes/job-list.ts';
import { jobSummary } from '../routes/job-view.ts';
import {
  commonAnswers,
  documentedParameters,
  json,
  problemFrom,
  problems,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import { failedExample, JOB_ID } from './job-examples.ts';
import { jobListSchema } from './schemas/jobs.ts';

const query = documentedParameters(listSchema, {
  kind: 'Only jobs of this kind.',
  state: 'Only jobs in this state; repeated, in one of these.',
  stateGroup: 'Only jobs that are still under watch, or only those that are not any more.',
  containsIssues: 'Only jobs that met with issues, or only those that certainly did not.',
  labelPrefix: 'Only jobs whose label begins so, in the same case.',
  registeredFrom: 'Only jobs that were registered then or later (UTC).',
  registeredBefore: 'Only jobs that were registered before (UTC).',
  limit: 'How many jobs to list at the most.',
  cursor: 'Where to go on: the `cursor` of the page before, with the same parameters besides.',
});

/** `GET /jobs` */
export const listJobsOperation: ZodOpenApiOperationObject = {
  operationId: 'listJobs',
  tags: ['Jobs'],
  summary: 'List jobs',
  description:
    'Newest first, of the last 12 months. There is more while `cursor` is not null: a page may be ' +
    'short, or empty, and still not be the last.\n\n' +
    'A cursor is a place in the list, and stays good however many jobs come and go: those that stay ' +
    'are listed once each. A job that is registered, or reopened, in the meantime is newer than the ' +
    'first page.\n\n' +
    'Cost: half a read unit for each job of up to 4 KB that is read, and half for each 14 or so of ' +
    'their keys. Filters by state and label look at jobs that were read: one request reads at most ' +
    '5 × `limit`, and less than `limit` more for each month that it comes through. Those by time read no others.',
  requestParams: { query },
  responses: {
    200: {
      description: 'A page of the list.',
      headers: revalidatedHeaders,
      content: json(jobListSchema, {
        first: {
          jobs: [jobSummary(failedExample)],
          cursor: encodeCursor({ month: '2026-02', after: `2026-02-10T02:30:00.000Z#${JOB_ID}` }),
        },
        last: { jobs: [], cursor: null },
      }),
    },
    ...revalidatedAnswers,
    400: {
      description: 'A parameter is not as it should be.',
      content: problems({
        wrongParameters: problemFrom(() =>
          validParameters(listSchema, { limit: '1000', order: 'oldest' }),
        ),
      }),
    },
    ...commonAnswers,
    503: {
      description: 'There was no answer in time, or DynamoDB is too busy. Try again in a minute.',
      content: {
        ...problems({ busy: problem(503, new JobsUnread().message) }),
        ...commonAnswers[503].content,
      },
    },
  },
};

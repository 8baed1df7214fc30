import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { JobsUnread } from '../../adapters/jobs-by-month.ts';
import { encodeCursor } from '../cursor.ts';
import { jobSummary } from '../job-view.ts';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json, problems, refusal } from '../openapi/content.ts';
import { documentedParameters } from '../openapi/documented.ts';
import { failedExample, JOB_ID } from '../openapi/examples.ts';
import { jobListSchema } from '../openapi/job-schema.ts';
import { problem } from '../problem.ts';
import { validParameters } from '../validate.ts';
import { listSchema } from './list-jobs.ts';

const query = documentedParameters(listSchema, {
  state: 'Only jobs in this state.',
  limit: 'How many jobs to list at the most.',
  cursor: 'Where to go on: the `cursor` of the page before.',
});

/** `GET /jobs` */
export const listJobsOperation: ZodOpenApiOperationObject = {
  operationId: 'listJobs',
  tags: ['Jobs'],
  summary: 'List jobs',
  description:
    'Newest first. A page may be short, or empty, and still not be the last: that one has the cursor ' +
    'null.',
  requestParams: { query },
  responses: {
    200: {
      description: 'A page of the list.',
      content: json(jobListSchema, {
        first: {
          jobs: [jobSummary(failedExample)],
          cursor: encodeCursor({ month: '2026-02', after: `2026-02-10T02:30:00.000Z#${JOB_ID}` }),
        },
        last: { jobs: [], cursor: null },
      }),
    },
    400: {
      description: 'A parameter is not as it should be.',
      content: problems({
        wrongParameters: refusal(() =>
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

import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { jobView } from '../job-view.ts';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';
import { failedExample, runningExample } from '../openapi/examples.ts';
import { revalidatedHeaders } from '../openapi/headers.ts';
import { jobAnswers, jobPath } from '../openapi/job-answers.ts';
import { jobSchema } from '../openapi/job-schema.ts';

/** `GET /jobs/{jobId}` */
export const getJobOperation: ZodOpenApiOperationObject = {
  operationId: 'getJob',
  tags: ['Jobs'],
  summary: 'Look a job up',
  description:
    'Tells all that is on record about a job. Who asks again and again sends the `ETag` of the last ' +
    'answer as `If-None-Match`, and gets 304 with no body until the job changes.\n\n' +
    'Cost: 1 read unit for each 4 KB of the job, of a 304 too; while the job is pending 1 more, which ' +
    'a 304 does without.',
  requestParams: {
    path: jobPath,
    header: z.object({
      'If-None-Match': z
        .optional(z.string())
        .check(z.meta({ param: { description: 'The `ETag` that the caller knows.' } })),
    }),
  },
  responses: {
    200: {
      description: 'The job.',
      headers: revalidatedHeaders,
      content: json(jobSchema, {
        running: { ...jobView(runningExample), lastCheckedAt: '2026-02-10T03:01:00.000Z' },
        failed: { ...jobView(failedExample), lastCheckedAt: null },
      }),
    },
    304: { description: 'The job is as the caller knows it.', headers: revalidatedHeaders },
    ...jobAnswers,
    ...commonAnswers,
  },
};

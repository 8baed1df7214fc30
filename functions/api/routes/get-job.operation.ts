import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { jobView } from '../job-view.ts';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';
import { failedExample, runningExample } from '../openapi/examples.ts';
import { jobAnswers, jobPath } from '../openapi/job-answers.ts';
import { jobSchema } from '../openapi/job-schema.ts';

/** `GET /jobs/{jobId}` */
export const getJobOperation: ZodOpenApiOperationObject = {
  operationId: 'getJob',
  tags: ['Jobs'],
  summary: 'Look a job up',
  description:
    'Tells all that is on record about a job.\n\nCost: 1 read unit for each 4 KB of the job, and 1 for the checkpoint.',
  requestParams: { path: jobPath },
  responses: {
    200: {
      description: 'The job.',
      content: json(jobSchema, {
        running: { ...jobView(runningExample), lastCheckedAt: '2026-02-10T03:01:00.000Z' },
        failed: { ...jobView(failedExample), lastCheckedAt: null },
      }),
    },
    ...jobAnswers,
    ...commonAnswers,
  },
};

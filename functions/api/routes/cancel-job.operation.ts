import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { jobView } from '../job-view.ts';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';
import { cancelledExample, failedExample } from '../openapi/examples.ts';
import { jobAnswers, jobPath, writeAnswers } from '../openapi/job-answers.ts';
import { jobSchema } from '../openapi/job-schema.ts';

/** `DELETE /jobs/{jobId}` */
export const cancelJobOperation: ZodOpenApiOperationObject = {
  operationId: 'cancelJob',
  tags: ['Jobs'],
  summary: 'Cancel a job',
  description:
    'Stops the watch: the run itself goes on, and nobody is alerted. The job stays on record with who ' +
    'cancelled it. A job that has ended stays as it is, so the request may be repeated.',
  requestParams: { path: jobPath },
  responses: {
    200: {
      description: 'The job, which is not watched any more.',
      content: json(jobSchema, {
        cancelled: jobView(cancelledExample),
        alreadyEnded: jobView(failedExample),
      }),
    },
    ...jobAnswers,
    ...writeAnswers,
    ...commonAnswers,
  },
};

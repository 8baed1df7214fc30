import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { problemOf } from '../http/problems.ts';
import { validBody } from '../http/validation.ts';
import { batchSchema, SpelledOtherwise } from '../routes/batches.ts';
import { jobSummary } from '../routes/job-view.ts';
import {
  bodyAnswers,
  commonAnswers,
  documentedBody,
  json,
  problemFrom,
  problems,
} from './common.ts';
import { JOB_ID, newExample, OTHER_JOB_ID, runningExample } from './job-examples.ts';
import { registration } from './registration.ts';
import { batchResultSchema } from './schemas/batches.ts';

const schema = documentedBody(batchSchema(registration), 'Batch', {
  jobs: 'Jobs as `POST /jobs` takes them.',
});

const invalid = problemFrom(() => validBody(registration, { jobId: 'run-7' }, '/jobs/2'));

/** `POST /jobs/batch` */
export const registerBatchOperation: ZodOpenApiOperationObject = {
  operationId: 'registerBatch',
  tags: ['Jobs'],
  summary: 'Register up to 100 jobs',
  description:
    'Registers each job for itself, as `POST /jobs` does, and gives a verdict on each, in order: the ' +
    'answer is 200 though jobs were refused. Repeated, it changes nothing. A job that is there twice ' +
    'is registered once, and known the second time.\n\n' +
    'Cost: as that of as many single registrations. A deployment takes 4 batches a second.',
  requestBody: {
    required: true,
    content: json(schema, {
      nightly: {
        jobs: [
          { jobId: JOB_ID, label: 'Tower B, nightly' },
          { jobId: OTHER_JOB_ID, timeoutMinutes: 60 },
        ],
      },
    }),
  },
  responses: {
    200: {
      description: 'A verdict on each job.',
      content: json(batchResultSchema, {
        mixed: {
          results: [
            { status: 201, job: jobSummary(newExample), ignored: [] },
            {
              status: 200,
              job: jobSummary({ ...runningExample, jobId: OTHER_JOB_ID }),
              ignored: ['timeoutMinutes'],
            },
            { status: 400, problem: invalid },
          ],
        },
      }),
    },
    400: {
      description: 'The body as a whole is not as it should be.',
      content: problems({
        noJobs: problemFrom(() => validBody(schema, { jobs: [] })),
      }),
    },
    404: {
      description: 'The path is spelled in another way.',
      content: problems({ spelledOtherwise: problemOf(new SpelledOtherwise()) }),
    },
    ...bodyAnswers,
    ...commonAnswers,
  },
};

import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { problemOf } from '../http/problems.ts';
import { validBody, validParameters } from '../http/validation.ts';
import { jobView } from '../routes/job-view.ts';
import { jobChangeSchema, jobPathSchema } from '../routes/jobs.ts';
import { Contended, JobNotFound, WatchNotChanged } from '../use-cases/refusals.ts';
import {
  bodyAnswers,
  commonAnswers,
  documentedBody,
  documentedParameters,
  json,
  problemFrom,
  problems,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import { cancelledExample, failedExample, JOB_ID, runningExample } from './job-examples.ts';
import { jobSchema } from './schemas/jobs.ts';

/** The parameters in the path of what is asked of one job. */
const jobPath = documentedParameters(jobPathSchema, {
  jobId: 'The job id, of any kind; the case of a UUID does not matter.',
});

/** What may be answered to whatever is asked of one job. */
const jobAnswers = {
  400: {
    id: 'NoJobId',
    description: 'That is the id of no job.',
    content: problems({
      noId: problemFrom(() => validParameters(jobPathSchema, { jobId: 'run-7' })),
    }),
  },
  404: {
    id: 'JobNotFound',
    description: 'There is no such job on record.',
    content: problems({ unknown: problemOf(new JobNotFound(JOB_ID)) }),
  },
};

/** What may be answered when a job is to be written. */
const writeAnswers = {
  409: {
    id: 'JobContended',
    description: 'Others are changing the job at the same time. Try again.',
    content: problems({ contended: problemOf(new Contended(`job ${JOB_ID}`)) }),
  },
};

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
    ...revalidatedAnswers,
    ...jobAnswers,
    ...commonAnswers,
  },
};

const change = documentedBody(jobChangeSchema, 'JobChange', {
  label: 'What to call the run from now on. `null`: nothing.',
  timeoutMinutes: 'For how long to watch the run, from its registration on.',
  remindAfterMinutes:
    'When to send a reminder if the run is still pending, from its registration on; again, if one was ' +
    'sent. `null`: never.',
});

/** `PATCH /jobs/{jobId}` */
export const changeJobOperation: ZodOpenApiOperationObject = {
  operationId: 'changeJob',
  tags: ['Jobs'],
  summary: 'Change how a job is watched',
  description:
    'Changes what is named of a pending job, and nothing else. Repeated, it changes nothing.\n\n' +
    'Cost: 1 read unit, and 3 write units if something changes.',
  requestParams: { path: jobPath },
  requestBody: {
    required: true,
    content: json(change, {
      longer: { timeoutMinutes: 2_880, remindAfterMinutes: 1_500 },
      unnamed: { label: null },
    }),
  },
  responses: {
    200: {
      description: 'The job as it is watched from now on.',
      content: json(jobSchema, { changed: jobView(runningExample) }),
    },
    400: {
      description: 'That is the id of no job, or the body is not as it should be.',
      content: problems({ empty: problemFrom(() => validBody(change, {})) }),
    },
    404: jobAnswers[404],
    409: {
      description:
        'The job has ended, or the time is past; or others are changing the job at the same time: then ' +
        'try again.',
      content: problems({
        past: problemOf(
          new WatchNotChanged(`Job ${JOB_ID} has been watched for 3 h: give more minutes.`),
        ),
        contended: problemOf(new Contended(`job ${JOB_ID}`)),
      }),
    },
    ...bodyAnswers,
    ...commonAnswers,
  },
};

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

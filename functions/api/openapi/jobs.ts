import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { statusUrl } from '../../core/kinds/kinds.ts';
import { problemOf } from '../http/problems.ts';
import { validBody, validParameters } from '../http/validation.ts';
import { jobView } from '../routes/job-view.ts';
import { jobPathSchema, registrationSchema } from '../routes/jobs.ts';
import { Contended, JobNotFound, JobOfOther } from '../use-cases/refusals.ts';
import {
  bodyAnswers,
  commonAnswers,
  createdHeaders,
  documentedBody,
  documentedParameters,
  json,
  problemFrom,
  problems,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import {
  API_URL,
  cancelledExample,
  failedExample,
  JOB_ID,
  newExample,
  OTHER_JOB_ID,
  reopenedExample,
  runningExample,
} from './job-examples.ts';
import { jobSchema } from './schemas/jobs.ts';

const OTHER_KIND = 'grouping-and-mapping-extraction';

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

/** The body of `POST /jobs`. */
export const registration = documentedBody(registrationSchema(API_URL), 'Registration', {
  kind: 'Which sort of upstream job the id is of; left out: `reporting-extraction`.',
  jobId: "Upstream's id of the run (`run.id`); the case of a UUID does not matter.",
  connectionId: 'Of a synchronization: the connection that the run is of.',
  connectionType: 'Of a synchronization: `storage` or `manifest`; left out: `storage`.',
  statusUrl:
    "Instead of all these: the link to the run's status as upstream gives it out. Only its path is used.",
  label: 'What to call the run, in alerts too.',
  timeoutMinutes: 'For how long to watch the run.',
  remindAfterMinutes:
    'When to send a reminder if the run is still pending; less than `timeoutMinutes`. `null`: ' +
    "none. Left out: as the deployment's settings have it.",
});

/** `POST /jobs` */
export const registerJobOperation: ZodOpenApiOperationObject = {
  operationId: 'registerJob',
  tags: ['Jobs'],
  summary: 'Register a job',
  description:
    'Puts an upstream job under watch, mostly an extraction run: one named by `jobId`, or by `statusUrl`. The job id is the key of the request: repeated, it changes ' +
    'nothing, so there is no `Idempotency-Key`. A job that ended as `NotFound`, `AccessDenied`, ' +
    '`TimedOut` or `Cancelled` is reopened.\n\n' +
    'Cost: 3 write units, two of them for indexes; a known job costs a read besides.',
  requestBody: {
    required: true,
    content: json(registration, {
      shortest: { jobId: JOB_ID },
      link: {
        statusUrl: statusUrl({ kind: OTHER_KIND, jobId: OTHER_JOB_ID }, API_URL),
        label: 'Tower C',
      },
      full: {
        jobId: JOB_ID,
        label: 'Tower B, nightly',
        timeoutMinutes: 1_440,
        remindAfterMinutes: 720,
      },
    }),
  },
  responses: {
    200: {
      description: 'The job was known, and stays as it is.',
      content: json(jobSchema, { known: jobView(runningExample) }),
    },
    201: {
      description: 'The job is new, or reopened.',
      headers: createdHeaders(`/jobs/${JOB_ID}`),
      content: json(jobSchema, {
        new: jobView(newExample),
        reopened: jobView(reopenedExample),
      }),
    },
    400: {
      description: 'The body is not as it should be.',
      content: problems({
        wrongFields: problemFrom(() => validBody(registration, { jobId: 'run 7', webhook: '' })),
      }),
    },
    409: {
      description:
        'The id is on record as that of a job of another kind or connection; or others are changing the job at the ' +
        'same time: then try again.',
      content: problems({
        otherKind: problemOf(new JobOfOther(JOB_ID, OTHER_KIND)),
        contended: problemOf(new Contended(`job ${JOB_ID}`)),
      }),
    },
    ...bodyAnswers,
    ...commonAnswers,
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

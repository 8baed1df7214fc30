import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { jobView } from '../job-view.ts';
import { bodyAnswers, commonAnswers } from '../openapi/common-answers.ts';
import { json, problems, refusal } from '../openapi/content.ts';
import { documentedBody } from '../openapi/documented.ts';
import { JOB_ID, newExample, reopenedExample, runningExample } from '../openapi/examples.ts';
import { createdHeaders } from '../openapi/headers.ts';
import { writeAnswers } from '../openapi/job-answers.ts';
import { jobSchema } from '../openapi/job-schema.ts';
import { validBody } from '../validate.ts';
import { registrationSchema } from './register-job.ts';

const body = documentedBody(registrationSchema, 'Registration', {
  jobId: "Upstream's id of the extraction run (`run.id`), in upper or lower case.",
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
    'Puts an extraction run under watch. The job id is the key of the request: repeated, it changes ' +
    'nothing, so there is no `Idempotency-Key`. A job that ended as `NotFound`, `AccessDenied`, ' +
    '`TimedOut` or `Cancelled` is reopened.\n\n' +
    'Cost: 3 write units, two of them for indexes; a known job costs a read besides.',
  requestBody: {
    required: true,
    content: json(body, {
      shortest: { jobId: JOB_ID },
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
        wrongFields: refusal(() => validBody(registrationSchema, { jobId: 'run 7', webhook: '' })),
      }),
    },
    ...writeAnswers,
    ...bodyAnswers,
    ...commonAnswers,
  },
};

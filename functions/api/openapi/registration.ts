import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { statusUrl } from '../../core/kinds/kinds.ts';
import { problemOf } from '../http/problems.ts';
import { validBody } from '../http/validation.ts';
import { jobView } from '../routes/job-view.ts';
import { registrationSchema } from '../routes/jobs.ts';
import { Contended, JobOfOther } from '../use-cases/refusals.ts';
import {
  bodyAnswers,
  commonAnswers,
  createdHeaders,
  documentedBody,
  json,
  problemFrom,
  problems,
} from './common.ts';
import {
  API_URL,
  JOB_ID,
  newExample,
  OTHER_JOB_ID,
  reopenedExample,
  runningExample,
} from './job-examples.ts';
import { jobSchema } from './schemas/jobs.ts';

const OTHER_KIND = 'grouping-and-mapping-extraction';

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
  unusuallyLong:
    'Whether to be told when the run becomes unusually long, where no other reminder is wanted: at twice ' +
    'the 95th percentile of such runs, once 10 are known. Left out: yes. Never where the deployment has it ' +
    'switched off.',
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
      description:
        'The job was known, and stays as it is: `ignored` says what of the request is not so.',
      content: json(jobSchema, { known: { ...jobView(runningExample), ignored: ['label'] } }),
    },
    201: {
      description: 'The job is new, or reopened.',
      headers: createdHeaders(`/jobs/${JOB_ID}`),
      content: json(jobSchema, {
        new: { ...jobView(newExample), ignored: [] },
        reopened: { ...jobView(reopenedExample), ignored: [] },
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

import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { testJob } from '../../core/alerts/test-job.ts';
import { validBody } from '../http/validation.ts';
import { testAlertSchema } from '../routes/alerts.ts';
import { jobView } from '../routes/job-view.ts';
import {
  bodyAnswers,
  commonAnswers,
  createdHeaders,
  documentedBody,
  json,
  problemFrom,
  problems,
} from './common.ts';
import { JOB_ID } from './job-examples.ts';
import { jobSchema } from './schemas/jobs.ts';

const body = documentedBody(testAlertSchema, 'TestAlert', {
  state: 'What the alert is to tell; `StillRunning` is a reminder.',
  containsIssues: 'Whether the alert is to tell of issues.',
  label: 'What to call the run in the alert.',
  kind: 'Which kind of job the alert is to tell of; left out: `reporting-extraction`.',
  iModelId: 'Which iModel the alert is to name.',
});

const example = testJob(
  { jobId: JOB_ID, label: 'Tower B', state: 'Failed', registeredBy: 'person-1' },
  Date.UTC(2026, 1, 10, 3),
);

/** `POST /alerts/test` */
export const testAlertOperation: ZodOpenApiOperationObject = {
  operationId: 'testAlert',
  tags: ['Alerts'],
  summary: 'Send a test alert',
  description:
    'Makes a job up that owes an alert, so that every receiver and filter can be tried out. The next ' +
    'sweep publishes it; `GET /jobs/{jobId}` tells when. Such a job is in no list.',
  requestBody: {
    required: true,
    content: json(body, {
      usual: {},
      chosen: { state: 'PartiallySucceeded', containsIssues: true, label: 'Tower B' },
    }),
  },
  responses: {
    202: {
      description: 'The job that was made up.',
      headers: createdHeaders(`/jobs/${JOB_ID}`),
      content: json(jobSchema, { failed: jobView(example) }),
    },
    400: {
      description: 'The body is not as it should be.',
      content: problems({
        wrongField: problemFrom(() => validBody(testAlertSchema, { state: 'Cancelled' })),
      }),
    },
    ...bodyAnswers,
    ...commonAnswers,
  },
};

import { markPublished } from '../../core/alerts/alert.ts';
import type { LogDigest } from '../../core/alerts/log-digest.ts';
import { applyChange } from '../../core/jobs/apply.ts';
import { type Job, owedAlerts } from '../../core/jobs/job.ts';
import { cancel, newJob, reopen } from '../../core/jobs/watch.ts';
import { DAY, MINUTE } from '../../core/time.ts';

/** Where the iTwin Platform API of the examples is. */
export const API_URL = new URL('https://api.bentley.com');

/** The job id of the examples. */
export const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

/** Another one. */
export const OTHER_JOB_ID = '81b1a2c0-7c39-4e07-9a55-0f1d1f6d3f02';

const START = Date.UTC(2026, 1, 10, 2, 30);
const PIPELINE = 'arn:aws:sts::123456789012:assumed-role/nightly/build-512';

const registration = {
  jobId: JOB_ID,
  label: 'Tower B, nightly',
  registeredAt: START,
  registeredBy: PIPELINE,
  timeoutAt: START + DAY,
  remindAt: START + 720 * MINUTE,
};

/** A job that was just registered. */
export const newExample: Job = newJob(registration);

/** One that upstream works on. */
export const runningExample: Job = applyChange(
  newExample,
  { kind: 'Transition', to: 'Running', reason: 'Not completed yet.' },
  START + 2 * MINUTE,
);

const failed = applyChange(
  runningExample,
  {
    kind: 'Transition',
    to: 'Failed',
    reason: "Mapping 'Structure' could not be extracted: 1 of its groups has an invalid query.",
    containsIssues: true,
    logsUrl: `${API_URL.origin}/insights/reporting/datasources/extraction/status/${JOB_ID}/logs`,
  },
  START + 41 * MINUTE,
);

const logs: LogDigest = {
  kind: 'Digest',
  entries: 12,
  isPartial: false,
  counts: [
    { level: 'Information', category: 'DataProcessing', count: 11 },
    { level: 'Error', category: 'QueryTranslation', count: 1 },
  ],
  messages: [
    { level: 'Error', category: 'QueryTranslation', message: 'No such property: Volume.' },
  ],
};

/** One that failed, and whose alert was published. */
export const failedExample: Job = {
  ...markPublished(failed, owedAlerts(failed), START + 42 * MINUTE),
  logs,
};

/** One that somebody cancelled. */
export const cancelledExample: Job = cancel(
  runningExample,
  START + 30 * MINUTE,
  'arn:aws:iam::123456789012:user/ada',
);

/** The same, registered again. */
export const reopenedExample: Job = reopen(cancelledExample, {
  ...registration,
  registeredAt: START + 60 * MINUTE,
  timeoutAt: START + 60 * MINUTE + DAY,
});

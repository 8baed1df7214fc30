import type { Job } from '../../../../functions/core/jobs/job.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import { DAY } from '../../../../functions/core/time.ts';

/** 2026-01-31T23:00:00Z, in ms since the epoch. */
export const REGISTERED_AT = Date.UTC(2026, 0, 31, 23);

/** The n-th of the job ids, in key order. */
export function jobId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The n-th job, registered so many ms after the first. */
export function job(n: number, after = 0): Job {
  const registeredAt = REGISTERED_AT + after;
  return newJob({
    jobId: jobId(n),
    label: `run ${n}`,
    registeredAt,
    registeredBy: 'arn:aws:iam::123456789012:user/test',
    timeoutAt: registeredAt + DAY,
  });
}

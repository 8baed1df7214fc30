import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { State } from '../../../../functions/core/jobs/states.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import { DAY } from '../../../../functions/core/time.ts';

/** A job as it is right after its registration (ms since the epoch). */
export function registeredJob(jobId: string, registeredAt: number): Job {
  return newJob({ jobId, registeredAt, registeredBy: 'test', timeoutAt: registeredAt + DAY });
}

/** The same job after one more transition. */
export function moved(job: Job, to: State, at: number): Job {
  return applyChange(job, { kind: 'Transition', to, reason: `because of ${to}` }, at);
}

import { cancel } from '../../core/jobs/apply.ts';
import type { Job } from '../../core/jobs/job.ts';
import { isTerminal } from '../../core/jobs/states.ts';
import type { JobStore, TimeSource } from '../../core/ports.ts';
import { callerOf } from '../caller.ts';
import { pathJobId } from '../job-id.ts';
import { JobNotFound } from '../job-problems.ts';
import { jobView } from '../job-view.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';
import { untilWritten } from '../until-written.ts';

/** A job that is not watched any more, and whether it was until now. */
export interface CancelResult {
  readonly job: Job;
  readonly outcome: 'Cancelled' | 'AlreadyEnded';
}

/**
 * Stops the watch of a job without an alert; one that has ended stays as it is.
 *
 * @param cancelledBy who asks
 * @throws JobNotFound, Contended when others keep changing the job
 */
export function cancelJob(
  { jobs, time }: { readonly jobs: JobStore; readonly time: TimeSource },
  jobId: string,
  cancelledBy: string,
): Promise<CancelResult> {
  return untilWritten(`job ${jobId}`, async (): Promise<CancelResult | undefined> => {
    const job = await jobs.get(jobId);
    if (job === undefined) throw new JobNotFound(jobId);
    if (isTerminal(job.state)) return { job, outcome: 'AlreadyEnded' };

    const cancelled = cancel(job, time.now(), cancelledBy);
    return (await jobs.update(job, cancelled))
      ? { job: cancelled, outcome: 'Cancelled' }
      : undefined;
  });
}

/** `DELETE /jobs/{jobId}`: 200 however often it is asked for, or 404. */
export function cancelJobRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'DELETE',
    path: '/jobs/{jobId}',
    handler: async (event) => {
      const cancelledBy = callerOf(event.requestContext);
      const { job, outcome } = await cancelJob(ports, pathJobId(event), cancelledBy);
      if (outcome === 'Cancelled') ports.count('JobsCancelled');
      return json(200, jobView(job));
    },
  };
}

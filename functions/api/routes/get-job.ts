import type { Job } from '../../core/job.ts';
import type { CheckpointStore, JobStore } from '../../core/ports.ts';
import { pathJobId } from '../job-id.ts';
import { JobNotFound } from '../job-problems.ts';
import { isoTimeOrNull, jobView } from '../job-view.ts';
import { lastCheckedAt } from '../last-checked-at.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';

/** A job on record. */
export interface FoundJob {
  readonly job: Job;
  /** ms since the epoch: when the job was last checked, at the earliest. */
  readonly lastCheckedAt: number | undefined;
}

/** Looks a job up. @throws JobNotFound */
async function getJob(
  { jobs, checkpoints }: { readonly jobs: JobStore; readonly checkpoints: CheckpointStore },
  jobId: string,
): Promise<FoundJob> {
  const [job, checkpoint] = await Promise.all([jobs.get(jobId), checkpoints.read()]);
  if (job === undefined) throw new JobNotFound(jobId);
  return { job, lastCheckedAt: lastCheckedAt(job, checkpoint) };
}

/**
 * `GET /jobs/{jobId}`: 200, or 404. Of all routes only this one tells `lastCheckedAt`: for that it
 * reads the checkpoint too.
 */
export function getJobRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/jobs/{jobId}',
    handler: async (event) => {
      const found = await getJob(ports, pathJobId(event));
      return json(200, {
        ...jobView(found.job),
        lastCheckedAt: isoTimeOrNull(found.lastCheckedAt),
      });
    },
  };
}

import { isTerminal } from '../../core/jobs/states.ts';
import { entityTag, isNamedBy } from '../entity-tag.ts';
import { pathJobId } from '../job-id.ts';
import { JobNotFound } from '../job-problems.ts';
import { isoTimeOrNull, jobView } from '../job-view.ts';
import { lastCheckedAt } from '../last-checked-at.ts';
import type { JobView } from '../openapi/job-schema.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';

/**
 * `GET /jobs/{jobId}`: 200; 304 while the job is as the caller knows it; or 404. Of all routes only this
 * one tells `lastCheckedAt`: for that it reads the checkpoint too, where a check may be told of.
 */
export function getJobRoute({ jobs, checkpoints }: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/jobs/{jobId}',
    handler: async (event) => {
      const jobId = pathJobId(event);
      const job = await jobs.get(jobId);
      if (job === undefined) throw new JobNotFound(jobId);

      const tag = entityTag(job);
      const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
      if (isNamedBy(event.headers['if-none-match'], tag)) return { statusCode: 304, headers };

      const checkpoint = isTerminal(job.state) ? undefined : await checkpoints.read();
      const view: JobView = {
        ...jobView(job),
        lastCheckedAt: isoTimeOrNull(lastCheckedAt(job, checkpoint)),
      };
      return json(200, view, headers);
    },
  };
}

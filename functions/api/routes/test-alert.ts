import middy from '@middy/core';
import * as z from 'zod/mini';
import { ALERT_STATES } from '../../core/alerts/filters.ts';
import { testJob } from '../../core/alerts/test-job.ts';
import { callerOf } from '../caller.ts';
import { jobView } from '../job-view.ts';
import { jsonBody } from '../json-body.ts';
import { labelSchema } from '../label.ts';
import { json } from '../response.ts';
import type { ApiEvent, ApiPorts, ApiResult, ApiRoute } from '../route.ts';
import { validBody } from '../validate.ts';

/** The body of `POST /alerts/test`. */
export const testAlertSchema = z.strictObject(
  {
    state: z._default(z.enum(ALERT_STATES, `must be one of ${ALERT_STATES.join(', ')}`), 'Failed'),
    containsIssues: z.optional(z.boolean('must be true or false')),
    label: z.optional(labelSchema),
  },
  'must be a JSON object',
);

/**
 * `POST /alerts/test`: 202 with a job that never was and that owes an alert, marked as a test. The next
 * sweep publishes it as it does every other; `GET /jobs/{jobId}` tells when that was done.
 */
export function testAlertRoute({ jobs, time, newId, count }: ApiPorts): ApiRoute {
  const handler = async (event: ApiEvent): Promise<ApiResult> => {
    const { label, containsIssues, state } = validBody(testAlertSchema, event.body);
    const job = testJob(
      {
        jobId: newId(),
        ...(label !== undefined && { label }),
        state,
        ...(containsIssues !== undefined && { containsIssues }),
        registeredBy: callerOf(event.requestContext),
      },
      time.now(),
    );
    await jobs.add(job);
    count('TestAlerts');
    return json(202, jobView(job), { Location: `/jobs/${job.jobId}` });
  };
  return {
    method: 'POST',
    path: '/alerts/test',
    handler: middy<ApiEvent, ApiResult>().use(jsonBody()).handler(handler),
  };
}

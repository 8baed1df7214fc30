import * as z from 'zod/mini';
import { JOB_ALERT_STATES } from '../../core/alerts/filters.ts';
import { json } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import type { ApiPorts, ApiRoute } from '../http/route.ts';
import { iModelIdSchema, kindSchema, labelSchema, validBody } from '../http/validation.ts';
import { sendTestAlert } from '../use-cases/monitor.ts';
import { jobView } from './job-view.ts';

/** The body of `POST /alerts/test`. */
export const testAlertSchema = z.strictObject(
  {
    state: z._default(
      z.enum(JOB_ALERT_STATES, `must be one of ${JOB_ALERT_STATES.join(', ')}`),
      'Failed',
    ),
    containsIssues: z.optional(z.boolean('must be true or false')),
    label: z.optional(labelSchema),
    kind: z.optional(kindSchema),
    iModelId: z.optional(iModelIdSchema),
  },
  'must be a JSON object',
);

/**
 * `POST /alerts/test`: 202 with a job that never was; `GET /jobs/{jobId}` tells when its alert was
 * published.
 */
export function testAlertRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'POST',
    path: '/alerts/test',
    handler: withBody(async (event) => {
      const { state, containsIssues, ...asked } = validBody(testAlertSchema, event.body);
      const { label, kind, iModelId } = asked;
      const job = await sendTestAlert(ports, {
        state,
        ...(label !== undefined && { label }),
        ...(kind !== undefined && { kind }),
        ...(iModelId !== undefined && { iModelId }),
        ...(containsIssues !== undefined && { containsIssues }),
        registeredBy: callerOf(event.requestContext),
      });
      return json(202, jobView(job), { Location: `/jobs/${job.jobId}` });
    }),
  };
}

import * as z from 'zod/mini';
import { entityTag, isNamedBy, json } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import type { ApiEvent, ApiPorts, ApiRoute } from '../http/route.ts';
import { remindsInTime, validBody, validParameters, watchFields } from '../http/validation.ts';
import type { JobView } from '../openapi/schemas/jobs.ts';
import { cancelJob, getJob, getLastCheck } from '../use-cases/jobs.ts';
import { type RegistrationRequest, registerJob } from '../use-cases/register-jobs.ts';
import { isoTimeOrNull, jobView } from './job-view.ts';

/** A job id in any spelling; what comes out is in lower case. */
const jobIdSchema = z.guid('must be a UUID').check(z.toLowerCase());

/** The parameters in the path of what is asked of one job. */
export const jobPathSchema = z.object({ jobId: jobIdSchema });

/**
 * The job id in the path of a request.
 *
 * @throws InvalidRequest when it is no UUID
 */
function pathJobId(event: ApiEvent): string {
  return validParameters(jobPathSchema, event.pathParameters ?? {}).jobId;
}

/** The body of `POST /jobs`. */
export const registrationSchema = z
  .strictObject({ jobId: jobIdSchema, ...watchFields() }, 'must be a JSON object')
  .check(remindsInTime());

/** What is not in the body of a registration. */
export interface RegistrationContext {
  /** Who asks. */
  readonly registeredBy: string;
  /** Minutes, for a registration that says nothing about a reminder; 0: none. */
  readonly usualReminder: number;
}

/** What a body of `POST /jobs` asks for. */
export function requestOf(
  body: z.output<typeof registrationSchema>,
  { registeredBy, usualReminder }: RegistrationContext,
): RegistrationRequest {
  const { remindAfterMinutes = usualReminder } = body;
  return { ...body, remindAfterMinutes, registeredBy };
}

/**
 * `POST /jobs`: 201 when the job is new or reopened, 200 when it was known.
 *
 * @param usualReminder minutes, for a registration that says nothing about it; 0: none
 */
export function registerJobRoute(ports: ApiPorts, usualReminder: number): ApiRoute {
  return {
    method: 'POST',
    path: '/jobs',
    handler: withBody(async (event) => {
      const body = validBody(registrationSchema, event.body);
      const registeredBy = callerOf(event.requestContext);
      const request = requestOf(body, { registeredBy, usualReminder });
      const { job, outcome } = await registerJob(ports, request);
      if (outcome === 'Known') return json(200, jobView(job));
      ports.count(outcome === 'Registered' ? 'JobsRegistered' : 'JobsReopened');
      return json(201, jobView(job), { Location: `/jobs/${job.jobId}` });
    }),
  };
}

/**
 * `GET /jobs/{jobId}`: 200; 304 while the job is as the caller knows it; or 404. Of all routes only this
 * one tells `lastCheckedAt`: for that it reads the checkpoint too, where a check may be told of.
 */
export function getJobRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/jobs/{jobId}',
    handler: async (event) => {
      const job = await getJob(ports, pathJobId(event));
      const tag = entityTag(job);
      const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
      if (isNamedBy(event.headers['if-none-match'], tag)) return { statusCode: 304, headers };

      const lastCheckedAt = isoTimeOrNull(await getLastCheck(ports, job));
      const view: JobView = { ...jobView(job), lastCheckedAt };
      return json(200, view, headers);
    },
  };
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

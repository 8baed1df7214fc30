import * as z from 'zod/mini';
import { DEFAULT_KIND, jobOfLink, kindOf, parseId } from '../../core/kinds/kinds.ts';
import { entityTag, isNamedBy, json, revalidated } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import type { ApiEvent, ApiPorts, ApiRoute } from '../http/route.ts';
import {
  jobIdSchema,
  kindSchema,
  parsed,
  remindsInTime,
  validBody,
  validParameters,
  watchFields,
} from '../http/validation.ts';
import type { JobView } from '../openapi/schemas/jobs.ts';
import { cancelJob, getJob, getLastCheck } from '../use-cases/jobs.ts';
import { type RegistrationRequest, registerJob } from '../use-cases/register-jobs.ts';
import { isoTimeOrNull, jobView } from './job-view.ts';

/** The parameters in the path of what is asked of one job. */
export const jobPathSchema = z.object({ jobId: jobIdSchema });

/**
 * The job id in the path of a request.
 *
 * @throws InvalidRequest when it is the id of no job
 */
function pathJobId(event: ApiEvent): string {
  return validParameters(jobPathSchema, event.pathParameters ?? {}).jobId;
}

const MUST_BE_LINK =
  'must be the link to the status of a job, on the host of the iTwin Platform API, without a query';
const MUST_BE_ALONE = 'must be left out, or statusUrl: either names the job';
const MUST_NAME_A_JOB = 'must be there, or statusUrl: one of them names the job';
const MUST_BE_IN_LINK = 'must be left out: statusUrl says the kind';

/**
 * The body of `POST /jobs`.
 *
 * @param apiUrl where the iTwin Platform API is, and status links point to
 */
export function registrationSchema(apiUrl: URL) {
  const schema = z.strictObject(
    {
      kind: z.optional(kindSchema),
      jobId: z.optional(jobIdSchema),
      statusUrl: z.optional(parsed((link) => jobOfLink(link, apiUrl), MUST_BE_LINK)),
      ...watchFields(),
    },
    'must be a JSON object',
  );
  return schema.check(
    remindsInTime(),
    z.refine(({ jobId, statusUrl }) => jobId !== undefined || statusUrl !== undefined, {
      path: ['jobId'],
      error: MUST_NAME_A_JOB,
    }),
    z.refine(({ jobId, statusUrl }) => jobId === undefined || statusUrl === undefined, {
      path: ['jobId'],
      error: MUST_BE_ALONE,
    }),
    z.refine(({ kind, statusUrl }) => kind === undefined || statusUrl === undefined, {
      path: ['kind'],
      error: MUST_BE_IN_LINK,
    }),
    z.refine(
      ({ kind = DEFAULT_KIND, jobId }) =>
        jobId === undefined || parseId(kindOf({ kind }), jobId) === jobId,
      { path: ['jobId'], error: 'must be of the form that ids of this kind have' },
    ),
  );
}

type RegistrationBody = z.output<ReturnType<typeof registrationSchema>>;

/** What is not in the body of a registration. */
export interface RegistrationContext {
  /** Who asks. */
  readonly registeredBy: string;
  /** Minutes, for a registration that says nothing about a reminder; 0: none. */
  readonly usualReminder: number;
}

/** What a body of `POST /jobs` asks for. */
export function requestOf(
  { kind = DEFAULT_KIND, jobId = '', statusUrl, ...body }: RegistrationBody,
  { registeredBy, usualReminder }: RegistrationContext,
): RegistrationRequest {
  const { remindAfterMinutes = usualReminder } = body;
  return { ...body, ...(statusUrl ?? { kind, jobId }), remindAfterMinutes, registeredBy };
}

/** What may be set about registrations. */
export interface RegistrationSettings {
  /** Minutes, for a registration that says nothing about a reminder; 0: none. */
  readonly remindAfterMinutes: number;
  /** Where the iTwin Platform API is, and status links point to. */
  readonly apiUrl: URL;
}

/** `POST /jobs`: 201 when the job is new or reopened, 200 when it was known. */
export function registerJobRoute(
  ports: ApiPorts,
  { remindAfterMinutes, apiUrl }: RegistrationSettings,
): ApiRoute {
  const schema = registrationSchema(apiUrl);
  return {
    method: 'POST',
    path: '/jobs',
    handler: withBody(async (event) => {
      const body = validBody(schema, event.body);
      const registeredBy = callerOf(event.requestContext);
      const request = requestOf(body, { registeredBy, usualReminder: remindAfterMinutes });
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
      const headers = revalidated(tag);
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

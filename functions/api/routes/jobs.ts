import * as z from 'zod/mini';
import { type JobRef, jobOfLink, withUsual, wrongParts } from '../../core/kinds/kinds.ts';
import { fieldsOf, pick } from '../../core/objects.ts';
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
  watchChangeFields,
  watchFields,
} from '../http/validation.ts';
import type { JobView } from '../openapi/schemas/jobs.ts';
import { cancelJob, changeJob, getJob, getLastCheck } from '../use-cases/jobs.ts';
import { type RegistrationRequest, registerJob, WATCH_FIELDS } from '../use-cases/register-jobs.ts';
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
const HOST_LENGTH = 100;
const MUST_BE_ALONE = 'must be left out, or statusUrl: either names the job';
const MUST_NAME_A_JOB = 'must be there, or statusUrl: one of them names the job';
const MUST_BE_TEXT = 'must be a text';
const MUST_BE_IN_LINK = 'must be left out: statusUrl says it';

/** Why a link is refused whose host is not the one asked, as when a simulator is. */
function wrongHost(link: string, { host, origin }: URL): string | undefined {
  const url = URL.parse(link);
  if (!url || !/^https?:$/.test(url.protocol) || url.host === host) return undefined;
  const other = url.host.slice(0, HOST_LENGTH);
  return `must be the link to the status of a job at ${origin}, which this monitor asks: this one is of ${other}`;
}

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
      connectionId: z.optional(z.string(MUST_BE_TEXT)),
      connectionType: z.optional(z.string(MUST_BE_TEXT)),
      statusUrl: z.optional(
        parsed(
          (link) => jobOfLink(link, apiUrl),
          MUST_BE_LINK,
          (link) => wrongHost(link, apiUrl),
        ),
      ),
      ...watchFields(),
    },
    'must be a JSON object',
  );
  return schema.check(remindsInTime(), namesOneJob);
}

/** The fields of a registration that say which job it is of. */
type NamingFields = { readonly [Name in keyof JobRef]?: JobRef[Name] | undefined } & {
  readonly statusUrl?: JobRef | undefined;
};

/** The check that a job is named once, and as its kind has it. */
const namesOneJob = z.check<NamingFields>(({ value, issues }) => {
  const wrong = value.statusUrl ? besideLink(value) : wrongFields(value);
  for (const { name, detail } of wrong) {
    issues.push({ code: 'custom', input: value, path: [name], message: detail });
  }
});

function besideLink(fields: NamingFields) {
  return (['jobId', 'kind', 'connectionId', 'connectionType'] as const)
    .filter((name) => fields[name] !== undefined)
    .map((name) => ({ name, detail: name === 'jobId' ? MUST_BE_ALONE : MUST_BE_IN_LINK }));
}

function wrongFields({ jobId, ...fields }: NamingFields) {
  if (jobId === undefined) return [{ name: 'jobId', detail: MUST_NAME_A_JOB }];
  return wrongParts(refOf(jobId, fields));
}

/** The job that is named by its id, with what goes without saying. */
function refOf(jobId: string, fields: Omit<NamingFields, 'jobId'>): JobRef {
  return withUsual({ jobId, ...pick(fields, 'kind', 'connectionId', 'connectionType') } as JobRef);
}

type RegistrationBody = z.output<ReturnType<typeof registrationSchema>>;

/** The body of `PATCH /jobs/{jobId}`. */
export const jobChangeSchema = z.strictObject(watchChangeFields(), 'must be a JSON object').check(
  remindsInTime(),
  z.refine((fields) => Object.keys(fields).length > 0, 'must say what to change'),
);

/** What is not in the body of a registration. */
export interface RegistrationContext {
  /** Who asks. */
  readonly registeredBy: string;
  /** Minutes, for a registration that says nothing about a reminder; 0: none. */
  readonly usualReminder: number;
}

/**
 * What a body of `POST /jobs` asks for.
 *
 * @param sent the body as it came, without what is usual
 */
export function requestOf(
  { jobId = '', statusUrl, ...body }: RegistrationBody,
  sent: unknown,
  { registeredBy, usualReminder }: RegistrationContext,
): RegistrationRequest {
  const named = WATCH_FIELDS.filter((name) => fieldsOf(sent)[name] !== undefined);
  const { label, timeoutMinutes, remindAfterMinutes = usualReminder, unusuallyLong } = body;
  const job = statusUrl ?? refOf(jobId, body);
  const watch = { label, timeoutMinutes, remindAfterMinutes, unusuallyLong };
  return { ...job, ...watch, named, registeredBy };
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
      const context = { registeredBy, usualReminder: remindAfterMinutes };
      const { job, outcome, ignored } = await registerJob(
        ports,
        requestOf(body, event.body, context),
      );
      const view: JobView = { ...jobView(job), ignored: [...ignored] };
      if (outcome === 'Known') return json(200, view);
      ports.countRegistration();
      return json(201, view, { Location: `/jobs/${job.jobId}` });
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

/** `PATCH /jobs/{jobId}`: 200, 404, or 409 for a job that cannot be watched so. */
export function changeJobRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'PATCH',
    path: '/jobs/{jobId}',
    handler: withBody(async (event) => {
      const jobId = pathJobId(event);
      const job = await changeJob(ports, jobId, validBody(jobChangeSchema, event.body));
      return json(200, jobView(job));
    }),
  };
}

/** `DELETE /jobs/{jobId}`: 200 however often it is asked for, or 404. */
export function cancelJobRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'DELETE',
    path: '/jobs/{jobId}',
    handler: async (event) => {
      const cancelledBy = callerOf(event.requestContext);
      const job = await cancelJob(ports, pathJobId(event), cancelledBy);
      return json(200, jobView(job));
    },
  };
}

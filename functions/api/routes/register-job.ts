import middy from '@middy/core';
import * as z from 'zod/mini';
import { newJob, type Registration, reopen } from '../../core/jobs/apply.ts';
import type { Job } from '../../core/jobs/job.ts';
import { isEndedByMonitor } from '../../core/jobs/states.ts';
import type { JobStore, TimeSource } from '../../core/ports.ts';
import { MINUTE } from '../../core/time.ts';
import { callerOf } from '../caller.ts';
import { jobIdSchema } from '../job-id.ts';
import { jobView } from '../job-view.ts';
import { jsonBody } from '../json-body.ts';
import { labelSchema } from '../label.ts';
import { json } from '../response.ts';
import type { ApiEvent, ApiPorts, ApiResult, ApiRoute } from '../route.ts';
import { untilWritten } from '../until-written.ts';
import { validBody } from '../validate.ts';

const MUST_BE_TIMEOUT = 'must be an integer from 5 to 10080';
const MUST_BE_REMINDER = 'must be null or an integer from 1 that is less than timeoutMinutes';

/** The body of `POST /jobs`. */
export const registrationSchema = z
  .strictObject(
    {
      jobId: jobIdSchema,
      label: z.optional(labelSchema),
      timeoutMinutes: z._default(
        z
          .int({ error: MUST_BE_TIMEOUT, abort: true })
          .check(z.gte(5, MUST_BE_TIMEOUT), z.lte(10_080, MUST_BE_TIMEOUT)),
        1_440,
      ),
      /** `null`: no reminder, whatever is usual in this deployment. */
      remindAfterMinutes: z.optional(
        z.nullable(
          z.int({ error: MUST_BE_REMINDER, abort: true }).check(z.gte(1, MUST_BE_REMINDER)),
        ),
      ),
    },
    'must be a JSON object',
  )
  .check(
    z.refine(
      ({ remindAfterMinutes, timeoutMinutes }) => (remindAfterMinutes ?? 0) < timeoutMinutes,
      { path: ['remindAfterMinutes'], error: MUST_BE_REMINDER },
    ),
  );

/** What is not in the body of a registration. */
export interface RegistrationContext {
  /** Who asks. */
  readonly registeredBy: string;
  /** Minutes, for a registration that says nothing about a reminder; 0: none. */
  readonly usualReminder: number;
}

/** What somebody asks for by registering a job. */
export interface RegistrationRequest {
  readonly jobId: string;
  readonly label?: string | undefined;
  readonly timeoutMinutes: number;
  /** When to be reminded of a job that is still pending; one that would come too late never comes. */
  readonly remindAfterMinutes?: number | null | undefined;
  /** Who asks. */
  readonly registeredBy: string;
}

/** A registered job, and what the registration made of it: nothing, when it was `Known`. */
export interface RegistrationResult {
  readonly job: Job;
  readonly outcome: 'Registered' | 'Reopened' | 'Known';
}

/**
 * Puts a job under watch. One that the monitor had ended itself is reopened; any other that is
 * known stays as it is.
 *
 * @throws Contended when others keep changing the job
 */
export function registerJob(
  { jobs, time }: { readonly jobs: JobStore; readonly time: TimeSource },
  request: RegistrationRequest,
): Promise<RegistrationResult> {
  return untilWritten(`job ${request.jobId}`, async (): Promise<RegistrationResult | undefined> => {
    const registration = registrationAt(time.now(), request);
    const job = newJob(registration);
    if (await jobs.add(job)) return { job, outcome: 'Registered' };

    const known = await jobs.get(request.jobId);
    if (known === undefined) return undefined;
    if (!isEndedByMonitor(known.state)) return { job: known, outcome: 'Known' };

    const reopened = reopen(known, registration);
    return (await jobs.update(known, reopened))
      ? { job: reopened, outcome: 'Reopened' }
      : undefined;
  });
}

/** What a body of `POST /jobs` asks for. */
export function requestOf(
  body: z.output<typeof registrationSchema>,
  { registeredBy, usualReminder }: RegistrationContext,
): RegistrationRequest {
  const { remindAfterMinutes = usualReminder } = body;
  return { ...body, remindAfterMinutes, registeredBy };
}

function registrationAt(now: number, request: RegistrationRequest): Registration {
  const { jobId, label, timeoutMinutes, registeredBy } = request;
  const remindAfterMinutes = request.remindAfterMinutes ?? 0;
  const isReminded = remindAfterMinutes > 0 && remindAfterMinutes < timeoutMinutes;
  return {
    jobId,
    ...(label !== undefined && { label }),
    registeredAt: now,
    registeredBy,
    timeoutAt: now + timeoutMinutes * MINUTE,
    ...(isReminded && { remindAt: now + remindAfterMinutes * MINUTE }),
  };
}

/**
 * `POST /jobs`: 201 when the job is new or reopened, 200 when it was known.
 *
 * @param usualReminder minutes, for a registration that says nothing about it; 0: none
 */
export function registerJobRoute(ports: ApiPorts, usualReminder: number): ApiRoute {
  const handler = async (event: ApiEvent): Promise<ApiResult> => {
    const body = validBody(registrationSchema, event.body);
    const registeredBy = callerOf(event.requestContext);
    const request = requestOf(body, { registeredBy, usualReminder });
    const { job, outcome } = await registerJob(ports, request);
    if (outcome === 'Known') return json(200, jobView(job));
    ports.count(outcome === 'Registered' ? 'JobsRegistered' : 'JobsReopened');
    return json(201, jobView(job), { Location: `/jobs/${job.jobId}` });
  };
  return {
    method: 'POST',
    path: '/jobs',
    handler: middy<ApiEvent, ApiResult>().use(jsonBody()).handler(handler),
  };
}

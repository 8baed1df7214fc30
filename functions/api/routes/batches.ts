import * as z from 'zod/mini';
import { json } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import { isForCaller, problem, problemOf } from '../http/problems.ts';
import type { ApiPorts, ApiRoute } from '../http/route.ts';
import { validBody } from '../http/validation.ts';
import type { BatchResult, JobResult } from '../openapi/schemas/jobs.ts';
import { type RegistrationResult, registerBatch } from '../use-cases/register-jobs.ts';
import { jobSummary } from './job-view.ts';
import { type RegistrationSettings, registrationSchema, requestOf } from './jobs.ts';

const MUST_BE_JOBS = 'must be an array of 1 to 100 jobs';

/** The body of `POST /jobs/batch`, with jobs of this schema. */
export function batchSchema<Job extends z.ZodMiniType>(job: Job) {
  const jobs = z.array(job, MUST_BE_JOBS);
  return z.strictObject(
    { jobs: jobs.check(z.minLength(1, MUST_BE_JOBS), z.maxLength(100, MUST_BE_JOBS)) },
    'must be a JSON object',
  );
}

/** Every job is validated for itself. */
const unreadBatchSchema = batchSchema(z.unknown());

/**
 * `POST /jobs/batch`: 200 with what became of each job, in order. The jobs in it are told without their
 * history: a hundred long ones would be more than a function may answer.
 */
export function registerBatchRoute(
  ports: ApiPorts,
  { remindAfterMinutes: usualReminder, apiUrl }: RegistrationSettings,
): ApiRoute {
  const schema = registrationSchema(apiUrl);
  return {
    method: 'POST',
    path: '/jobs/batch',
    handler: withBody(async (event) => {
      const { jobs } = validBody(unreadBatchSchema, event.body);
      const context = { registeredBy: callerOf(event.requestContext), usualReminder };
      const all = await registerBatch(ports, jobs, (job, i) =>
        requestOf(validBody(schema, job, `/jobs/${i}`), context),
      );
      const result: BatchResult = {
        results: all.map((each) =>
          each.outcome === 'Failed' ? refusal(ports, each.error) : registration(ports, each),
        ),
      };
      return json(200, result);
    }),
  };
}

function registration(
  { countRegistration }: ApiPorts,
  { job, outcome }: RegistrationResult,
): JobResult {
  if (outcome === 'Known') return { status: 200, job: jobSummary(job) };
  countRegistration();
  return { status: 201, job: jobSummary(job) };
}

function refusal({ log }: ApiPorts, error: unknown): JobResult {
  const isRefused = isForCaller(error);
  if (!isRefused) log.error('A job of a batch could not be registered', { error });
  const body = isRefused ? problemOf(error) : problem(500);
  return { status: body.status, problem: body };
}

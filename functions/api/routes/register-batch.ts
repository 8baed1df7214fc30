import middy from '@middy/core';
import * as z from 'zod/mini';
import { SECOND } from '../../core/time.ts';
import { callerOf } from '../caller.ts';
import { JobNotReached } from '../job-problems.ts';
import { jobSummary } from '../job-view.ts';
import { jsonBody } from '../json-body.ts';
import type { BatchResult, Verdict } from '../openapi/batch-schema.ts';
import { HttpProblem, problem, problemOf } from '../problem.ts';
import { json } from '../response.ts';
import type { ApiEvent, ApiPorts, ApiResult, ApiRoute } from '../route.ts';
import { validBody } from '../validate.ts';
import {
  type RegistrationContext,
  type RegistrationResult,
  registerJob,
  registrationSchema,
  requestOf,
} from './register-job.ts';

/** How many jobs are registered at once. */
const AT_ONCE = 20;

/** For how long (ms) jobs are begun with: what then still hangs is over before the function must end. */
const TIME_TO_BEGIN = 5 * SECOND;

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
 * Registers jobs, a few at once, each for itself: what is wrong with one is no matter to the others.
 * One that is there twice is registered once, and known the second time.
 */
async function registerBatch(
  ports: ApiPorts,
  bodies: readonly unknown[],
  context: RegistrationContext,
): Promise<PromiseSettledResult<RegistrationResult>[]> {
  const endOfTime = ports.time.now() + TIME_TO_BEGIN;
  const begun = new Map<string, Promise<RegistrationResult>>();

  const register = async (body: unknown, i: number): Promise<RegistrationResult> => {
    const registration = validBody(registrationSchema, body, `/jobs/${i}`);
    const first = begun.get(registration.jobId);
    if (first) return { job: (await first).job, outcome: 'Known' };
    if (ports.time.now() >= endOfTime) throw new JobNotReached();
    const result = registerJob(ports, requestOf(registration, context));
    begun.set(registration.jobId, result);
    return result;
  };
  const settled: PromiseSettledResult<RegistrationResult>[] = [];
  while (settled.length < bodies.length) {
    const from = settled.length;
    const some = bodies.slice(from, from + AT_ONCE);
    settled.push(...(await Promise.allSettled(some.map((body, i) => register(body, from + i)))));
  }
  return settled;
}

/**
 * `POST /jobs/batch`: 200 with a verdict on each job, in order. The jobs in it are told without their
 * history: a hundred long ones would be more than a function may answer.
 */
export function registerBatchRoute(ports: ApiPorts, usualReminder: number): ApiRoute {
  const handler = async (event: ApiEvent): Promise<ApiResult> => {
    const { jobs } = validBody(unreadBatchSchema, event.body);
    const registeredBy = callerOf(event.requestContext);
    const settled = await registerBatch(ports, jobs, { registeredBy, usualReminder });
    const result: BatchResult = {
      results: settled.map((each) =>
        each.status === 'fulfilled' ? registration(ports, each.value) : refusal(ports, each.reason),
      ),
    };
    return json(200, result);
  };
  return {
    method: 'POST',
    path: '/jobs/batch',
    handler: middy<ApiEvent, ApiResult>().use(jsonBody()).handler(handler),
  };
}

function registration({ count }: ApiPorts, { job, outcome }: RegistrationResult): Verdict {
  if (outcome === 'Known') return { status: 200, job: jobSummary(job) };
  count(outcome === 'Registered' ? 'JobsRegistered' : 'JobsReopened');
  return { status: 201, job: jobSummary(job) };
}

function refusal({ log }: ApiPorts, error: unknown): Verdict {
  const isRefused = error instanceof HttpProblem;
  if (!isRefused) log.error('A job of a batch could not be registered', { error });
  const body = isRefused ? problemOf(error) : problem(500);
  return { status: body.status, problem: body };
}

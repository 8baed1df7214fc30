import * as z from 'zod/mini';
import { json } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import { HttpProblem, isForCaller, problem, problemOf } from '../http/problems.ts';
import type { ApiPorts, ApiRoute } from '../http/route.ts';
import { validBody } from '../http/validation.ts';
import type { BatchResult, JobResult } from '../openapi/schemas/batches.ts';
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
 * The route of API Gateway that the throttle of batches hangs on. The router here matches more than one
 * spelling of the path, and API Gateway hands the others over by its route for all the rest, which lets
 * many more requests through.
 */
const BATCH_ROUTE = 'POST /jobs/batch';

/** A batch was sent to another spelling of the path. */
export class SpelledOtherwise extends HttpProblem {
  override readonly name = 'SpelledOtherwise';

  constructor() {
    super(404, 'Send batches to /jobs/batch, spelled like that.');
  }
}

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
      if (event.routeKey !== BATCH_ROUTE) throw new SpelledOtherwise();
      const { jobs } = validBody(unreadBatchSchema, event.body);
      const context = { registeredBy: callerOf(event.requestContext), usualReminder };
      const all = await registerBatch(ports, jobs, (job, i) =>
        requestOf(validBody(schema, job, `/jobs/${i}`), job, context),
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

function registration({ countRegistration }: ApiPorts, result: RegistrationResult): JobResult {
  const view = { job: jobSummary(result.job), ignored: [...result.ignored] };
  if (result.outcome === 'Known') return { status: 200, ...view };
  countRegistration();
  return { status: 201, ...view };
}

function refusal({ log }: ApiPorts, error: unknown): JobResult {
  const isRefused = isForCaller(error);
  if (!isRefused) log.error('A job of a batch could not be registered', { error });
  const body = isRefused ? problemOf(error) : problem(500);
  return { status: body.status, problem: body };
}

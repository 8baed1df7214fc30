import { cancelJob } from '../../functions/api/use-cases/jobs.ts';
import { JobNotFound } from '../../functions/api/use-cases/refusals.ts';
import { registerJob } from '../../functions/api/use-cases/register-jobs.ts';
import type { Job } from '../../functions/core/jobs/job.ts';
import { DEFAULT_KIND } from '../../functions/core/kinds/kinds.ts';
import { SECOND } from '../../functions/core/time.ts';
import { follow } from './follow.ts';
import type { JobPlan, Request } from './plan/job-plan.ts';
import type { World } from './world.ts';

/** For how long (ms) the API's function may run. */
const API_TIMEOUT = 30 * SECOND;

/** What the callers of the API ask for, each of them again and again until it is answered. */
export interface ApiRequests {
  /** Requests that were made and are not answered yet. */
  open(): number;
}

/** Lets all requests of a plan be made when their time comes. */
export function createApiRequests(world: World): ApiRequests {
  const { scheduler, random } = world;
  let open = 0;
  let count = 0;

  function send(job: JobPlan, request: Request): void {
    count += 1;
    const process = world.createProcess();
    const by = world.invoke(`${request.kind} request ${count}`, 'api', process);
    const { jobs, time } = world.portsOf(by, process);
    let isAnswered = false;
    async function answer(): Promise<undefined> {
      const answered = await carryOut({ jobs, time }, job, request);
      if (answered === undefined) return;
      world.witness.see({ kind: 'CallerAnswered', by, request: request.kind, job: answered });
    }
    follow(world, by, answer(), () => {
      isAnswered = true;
      open -= 1;
    });
    scheduler.at(scheduler.now() + API_TIMEOUT + random.integer(0, 20 * SECOND), () => {
      by.die();
      if (!isAnswered) send(job, request);
      return !isAnswered;
    });
  }

  for (const job of world.plan.jobs) {
    for (const request of job.requests) {
      scheduler.at(request.at, () => {
        open += 1;
        send(job, request);
        return true;
      });
    }
  }
  return { open: () => open };
}

type Ports = Parameters<typeof registerJob>[0];

async function carryOut(ports: Ports, plan: JobPlan, request: Request): Promise<Job | undefined> {
  const { jobId, label } = plan;
  if (request.kind === 'register') {
    const { timeoutMinutes } = request;
    const registration = {
      kind: DEFAULT_KIND,
      jobId,
      label,
      timeoutMinutes,
      registeredBy: 'simulation',
    };
    return (await registerJob(ports, registration)).job;
  }
  try {
    return (await cancelJob(ports, jobId, 'simulation')).job;
  } catch (error) {
    if (error instanceof JobNotFound) return undefined;
    throw error;
  }
}

import { unwatchIModel, watchIModel } from '../../functions/api/use-cases/imodels.ts';
import { cancelJob, changeJob } from '../../functions/api/use-cases/jobs.ts';
import {
  IModelNotFound,
  JobNotFound,
  JobOfOther,
  WatchNotChanged,
} from '../../functions/api/use-cases/refusals.ts';
import { registerJob } from '../../functions/api/use-cases/register-jobs.ts';
import type { Job } from '../../functions/core/jobs/job.ts';
import { DEFAULT_KIND } from '../../functions/core/kinds/kinds.ts';
import { pick } from '../../functions/core/objects.ts';
import { SECOND } from '../../functions/core/time.ts';
import { follow } from './follow.ts';
import type { CallerAnswer } from './happenings.ts';
import type { Ports } from './outside.ts';
import type { IModelPlan, WatchRequest } from './plan/imodels.ts';
import type { JobPlan, Request } from './plan/job-plan.ts';
import type { Plan } from './plan/plan.ts';
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

  function send(request: Planned): void {
    count += 1;
    const process = world.createProcess();
    const by = world.invoke(`${request.kind} request ${count}`, 'api', process);
    const ports = world.portsOf(by, process);
    let isAnswered = false;
    async function answer(): Promise<undefined> {
      const answered = await request.carryOut(ports);
      if (answered) world.witness.see({ ...answered, by });
    }
    follow(world, by, answer(), () => {
      isAnswered = true;
      open -= 1;
    });
    scheduler.at(scheduler.now() + API_TIMEOUT + random.integer(0, 20 * SECOND), () => {
      by.die();
      if (!isAnswered) send(request);
      return !isAnswered;
    });
  }

  for (const request of plannedRequests(world.plan)) {
    scheduler.at(request.at, () => {
      open += 1;
      send(request);
      return true;
    });
  }
  return { open: () => open };
}

/** A request, and what it asks for. @returns what its caller is told; undefined: that there is no such thing */
interface Planned {
  readonly at: number;
  readonly kind: string;
  readonly carryOut: (ports: Ports) => Promise<CallerAnswer | undefined>;
}

function plannedRequests({ jobs, iModels }: Plan): Planned[] {
  return [
    ...jobs.flatMap((job) =>
      job.requests.map((request) => ({
        ...request,
        carryOut: (ports: Ports) => askForJob(ports, job, request),
      })),
    ),
    ...iModels.flatMap((iModel) =>
      iModel.requests.map((request) => ({
        ...request,
        carryOut: (ports: Ports) => askForIModel(ports, iModel, request),
      })),
    ),
  ];
}

async function askForJob(
  ports: Ports,
  plan: JobPlan,
  request: Request,
): Promise<CallerAnswer | undefined> {
  const told = { kind: 'CallerAnswered', request: request.kind } as const;
  try {
    const job = await carryOut(ports, plan, request);
    return { ...told, job };
  } catch (error) {
    // A list may have found the run as one of another kind, and a watch may have ended before.
    const isRefused = REFUSALS.some((refusal) => error instanceof refusal);
    if (isRefused) return undefined;
    throw error;
  }
}

const REFUSALS = [JobNotFound, JobOfOther, WatchNotChanged];

async function carryOut(
  ports: Ports,
  { jobId, label, kind = DEFAULT_KIND }: JobPlan,
  { kind: asked, timeoutMinutes, ...wish }: Request,
): Promise<Job> {
  switch (asked) {
    case 'register': {
      const reminder = pick(wish, 'remindAfterMinutes', 'unusuallyLong');
      const registration = { kind, jobId, label, timeoutMinutes, ...reminder, named: [] };
      return (await registerJob(ports, { ...registration, registeredBy: 'simulation' })).job;
    }
    case 'change':
      return changeJob(ports, jobId, { label: `for ${timeoutMinutes} min`, timeoutMinutes });
    case 'cancel':
      return cancelJob(ports, jobId, 'simulation');
  }
}

async function askForIModel(
  ports: Ports,
  { iModelId }: IModelPlan,
  { kind, source, timeoutMinutes }: WatchRequest,
): Promise<CallerAnswer | undefined> {
  try {
    if (kind === 'unwatch') await unwatchIModel(ports, iModelId, []);
    else await watchIModel(ports, { iModelId, source, timeoutMinutes, watchedBy: 'simulation' });
    return { kind: 'WatchAnswered', request: kind, iModelId, source };
  } catch (error) {
    if (error instanceof IModelNotFound) return undefined;
    throw error;
  }
}

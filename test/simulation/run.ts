import { HOUR, MINUTE, SECOND } from '../../functions/core/durations.ts';
import { sweep } from '../../functions/monitor/sweep.ts';
import { createApiRequests } from './api-requests.ts';
import { countFault, type Figures } from './figures.ts';
import { follow } from './follow.ts';
import type { Invocation } from './invocation.ts';
import type { Plan } from './plan/plan.ts';
import type { Violation } from './witness.ts';
import { createWorld, type Process, type World } from './world.ts';

/** What came of a run. */
export interface RunResult {
  readonly figures: Figures;
  readonly violation: Violation | undefined;
}

/** For how long (ms) a function may run. */
const FUNCTION_TIMEOUT = MINUTE;
/**
 * How long (ms) it may take after the last `timeoutAt` until all is settled. Mostly it is minutes.
 * When all runs that are left were deleted, though, upstream seems to be at fault for ever, and of
 * each pause of 15 min only the sweep after it counts towards the hour that jobs are tried on.
 */
const SETTLING = 20 * HOUR;

/** Lets one plan happen. */
export async function runPlan(plan: Plan, tell?: (line: string) => void): Promise<RunResult> {
  const world = createWorld(plan, tell);
  countConditions(world);
  const requests = createApiRequests(world);
  const schedule = createSchedule(world);
  const lastTimeout = Math.max(
    ...plan.jobs.flatMap((job) => job.requests.map((r) => r.at + r.timeoutMinutes * MINUTE)),
    plan.calmFrom,
  );
  for (let time = plan.start; !world.witness.violation; time += MINUTE) {
    schedule.tick(time);
    await world.scheduler.runUntil(time + MINUTE - 1);
    if (time > lastTimeout + SETTLING) break;
    if (time < plan.calmFrom || requests.open > 0 || schedule.running > 0) continue;
    if (world.firstUnsettled() === undefined) break;
  }
  if (!world.witness.violation) world.witness.conclude();
  return { figures: world.figures, violation: world.witness.violation };
}

function countConditions({ plan, figures }: World): void {
  for (const { kind } of plan.windows) countFault(figures, kind);
  if (plan.skew >= SECOND) countFault(figures, 'clocks differ');
  if (plan.indexLag >= SECOND) countFault(figures, 'index lags');
  if (plan.checksPerMinute < plan.jobs.length) countFault(figures, 'little budget');
}

/** The schedule of sweeps, and the processes that they run in. */
function createSchedule(world: World) {
  const { scheduler, random, plan } = world;
  const { strikes } = world.troubles;
  const idle: Process[] = [];
  const running = new Set<Invocation>();
  let count = 0;

  function begin(): void {
    count += 1;
    const name = `sweep ${count}`;
    const kept = strikes('process replaced', name) ? undefined : idle.pop();
    const process = kept ?? world.createProcess();
    const invocation = world.invoke(name, 'sweep', process);
    running.add(invocation);
    const timeout = strikes('timeout comes late', name) ? 4 * MINUTE : FUNCTION_TIMEOUT;
    scheduler.at(scheduler.now() + timeout, invocation.die);
    const report = sweep(world.portsOf(invocation, process), plan);
    follow(world, invocation, report, () => idle.push(process));
  }

  return {
    get running() {
      for (const invocation of running) if (invocation.isOver()) running.delete(invocation);
      return running.size;
    },
    /** The tick of one minute. */
    tick(time: number): void {
      if (strikes('tick missing', 'no sweep')) return;
      const delays = [random.integer(0, 900)];
      if (strikes('tick doubled', 'one more sweep')) delays.push(random.integer(0, 59_000));
      for (const delay of delays) scheduler.at(time + delay, begin);
    },
  };
}

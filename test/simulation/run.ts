import { HOUR, MINUTE, SECOND } from '../../functions/core/time.ts';
import { createApiRequests } from './api-requests.ts';
import { countFault, type Figures } from './figures.ts';
import { joinedSignal } from './joined-signals.ts';
import { type Plan, requestsOfPass } from './plan/plan.ts';
import { createSchedule } from './schedule.ts';
import type { Violation } from './witness.ts';
import { createWorld, type World } from './world.ts';

/** What came of a run. */
export interface RunResult {
  readonly figures: Figures;
  readonly violation: Violation | undefined;
}

/**
 * How long (ms) it may take after the last `timeoutAt` until all is settled. Mostly it is minutes.
 * When all runs that are left were deleted, though, upstream seems to be at fault for ever, and of
 * each pause of 15 min only the sweep after it counts towards the hour that jobs are tried on.
 */
const SETTLING = 20 * HOUR;

// Most of what a run leaves behind for the garbage collector would be those of the platform.
AbortSignal.any = joinedSignal;

/** Lets one plan happen. */
export async function runPlan(plan: Plan, tell?: (line: string) => void): Promise<RunResult> {
  const world = createWorld(plan, tell);
  const { scheduler, witness, figures } = world;
  countConditions(world);
  const requests = createApiRequests(world);
  const schedule = createSchedule(world);

  async function untilSettled(from: number, busyUntil: number): Promise<void> {
    const patience = lastTimeout(plan, busyUntil) + SETTLING;
    for (let time = from; !witness.violation && time <= patience; time += MINUTE) {
      schedule.tick(time);
      await scheduler.runUntil(time + MINUTE - 1);
      if (time < busyUntil || requests.open() > 0 || schedule.running() > 0) continue;
      if (world.firstUnsettled() === undefined) return;
    }
  }

  await untilSettled(plan.start, plan.calmFrom);
  if (plan.comeback && !witness.violation) {
    await scheduler.runUntil(plan.comeback.from - 1);
    await untilSettled(plan.comeback.from, plan.comeback.until);
  }
  if (!witness.violation) witness.conclude();
  return { figures, violation: witness.violation };
}

/** When the last watch ends of those that were asked for until then (ms since the epoch). */
function lastTimeout({ jobs, iModels }: Plan, until: number): number {
  const asked = jobs.flatMap((job) => job.requests).filter(({ at }) => at <= until);
  const ends = asked.map(({ at, timeoutMinutes }) => at + timeoutMinutes * MINUTE);
  const watches = iModels.flatMap((iModel) => iModel.requests);
  const found = watches.map(({ timeoutMinutes }) => until + timeoutMinutes * MINUTE);
  return Math.max(until, ...ends, ...found);
}

function countConditions({ plan, figures }: World): void {
  for (const { kind } of plan.windows) countFault(figures, kind);
  for (const { script } of plan.jobs)
    if (script.sickness) countFault(figures, script.sickness.kind);
  if (plan.skew >= SECOND) countFault(figures, 'clocks differ');
  if (plan.indexLag >= SECOND) countFault(figures, 'index lags');
  if (plan.checksPerMinute < requestsOfPass(plan)) countFault(figures, 'little budget');
  if (plan.comeback) countFault(figures, 'records expire');
}

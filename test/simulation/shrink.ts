import {
  CONDITION_KINDS,
  FAULT_RATES,
  SICKNESS_KINDS,
  type TroubleKind,
  WINDOW_KINDS,
} from './faults.ts';
import { createPlan, type Plan } from './plan/plan.ts';
import { runPlan } from './run.ts';
import type { Violation } from './witness.ts';

const KINDS = [
  ...WINDOW_KINDS,
  ...SICKNESS_KINDS,
  ...CONDITION_KINDS,
  ...Object.keys(FAULT_RATES),
] as TroubleKind[];

/**
 * A plan with fewer kinds of trouble and fewer jobs that breaks the same invariant. To leave
 * something out changes what chance does with the rest, so this is found by trying.
 */
export async function shrink(plan: Plan, { invariant }: Violation): Promise<Plan> {
  const troubles = new Set<TroubleKind>();
  const jobIds = new Set<string>();
  let shrunk = plan;

  async function leaveOut<T>(from: Set<T>, items: readonly T[]): Promise<boolean> {
    const before = new Set(from);
    for (const item of items) from.add(item);
    const tried = createPlan(plan.seed, { troubles, jobIds });
    const { violation } = await runPlan(tried);
    if (violation?.invariant === invariant) {
      shrunk = tried;
      return true;
    }
    for (const item of items) if (!before.has(item)) from.delete(item);
    return false;
  }

  for (const kind of KINDS) await leaveOut(troubles, [kind]);
  for (let size = plan.jobs.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < plan.jobs.length; at += size) {
      const some = plan.jobs.slice(at, at + size).map(({ jobId }) => jobId);
      if (some.some((jobId) => !jobIds.has(jobId))) await leaveOut(jobIds, some);
    }
  }
  return shrunk;
}

import { MINUTE } from '../../../functions/core/time.ts';
import { SICKNESS_KINDS, type TroubleKind } from '../faults.ts';
import type { Random } from '../random.ts';
import type { JobPlan, Sickness } from './job-plan.ts';
import type { Troubled } from './windows.ts';

/**
 * The jobs, some of whose runs are sick for themselves.
 *
 * @param share how many of them
 * @param retryAfter what upstream may ask for: seconds
 */
export function withSickness(
  random: Random,
  jobs: readonly JobPlan[],
  {
    share,
    retryAfter,
    troubled,
    without,
  }: {
    readonly share: number;
    readonly retryAfter: readonly number[];
    readonly troubled: Troubled;
    readonly without: ReadonlySet<TroubleKind>;
  },
): JobPlan[] {
  return jobs.map((job) => {
    const isSick = random.chance(share);
    const sickness = sicknessOf(random, retryAfter, troubled);
    if (!isSick || without.has(sickness.kind)) return job;
    return { ...job, script: { ...job.script, sickness } };
  });
}

function sicknessOf(
  random: Random,
  retryAfter: readonly number[],
  { start, calmFrom }: Troubled,
): Sickness {
  const kind = random.pick(SICKNESS_KINDS);
  const from = random.chance(0.5) ? start : random.integer(start, calmFrom - MINUTE);
  // With nobody else left, a run that is refused for good says that the credentials are at fault.
  const isForGood = random.chance(0.3) && kind !== 'run 401';
  const until = isForGood ? Number.POSITIVE_INFINITY : random.integer(from, calmFrom);
  const wait = random.pick(retryAfter);
  // Of each wait, only the minute after it counts towards the hour that a job is tried on.
  return { kind, from, until, retryAfter: isForGood ? Math.min(120, wait) : wait };
}

import type { Job } from '../core/jobs/job.ts';
import { isTerminal } from '../core/jobs/states.ts';
import type { Checkpoint } from '../core/sweeps/checkpoint.ts';
import { completedPasses, hasSkipped } from '../core/sweeps/pass.ts';
import { hasTurn } from '../core/sweeps/schedule.ts';

/**
 * When a pending job was last checked, at the earliest (ms since the epoch). A check that finds
 * nothing new leaves no trace on its job, so this is the start of the last pass that has come by and
 * checked it for certain: one that skipped nobody, or in which it had its turn whatever its age.
 *
 * @returns undefined when no pass has yet, and for terminal jobs, which are not checked any more
 */
export function lastCheckedAt(
  job: Pick<Job, 'jobId' | 'state' | 'registeredAt'>,
  checkpoint: Checkpoint | undefined,
): number | undefined {
  if (checkpoint === undefined || isTerminal(job.state)) return undefined;
  const { after, pass = 0, passStartedAt, answers } = checkpoint;
  const isPast = after !== undefined && job.jobId <= after;
  const isChecked = isPast && (!hasSkipped(answers) || hasTurn(job.jobId, pass));
  if (isChecked && wasRegisteredBy(job, passStartedAt)) return passStartedAt;
  const passes = completedPasses(checkpoint);
  const last = passes.find((_, i) => hasTurn(job.jobId, pass - 1 - i)) ?? passes.at(-1);
  return wasRegisteredBy(job, last) ? last : undefined;
}

function wasRegisteredBy(job: Pick<Job, 'registeredAt'>, at: number | undefined): boolean {
  return at !== undefined && job.registeredAt <= at;
}

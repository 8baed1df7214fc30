import type { Checkpoint } from '../core/checkpoint.ts';
import type { Job } from '../core/job.ts';
import { isTerminal } from '../core/states.ts';

/**
 * When a pending job was last checked, at the earliest (ms since the epoch). A check that finds
 * nothing new leaves no trace on its job, so this is the start of the last pass that has come by.
 *
 * @returns undefined when no pass has yet, and for terminal jobs, which are not checked any more
 */
export function lastCheckedAt(
  job: Pick<Job, 'jobId' | 'state' | 'registeredAt'>,
  checkpoint: Checkpoint | undefined,
): number | undefined {
  if (checkpoint === undefined || isTerminal(job.state)) return undefined;
  const { after, passStartedAt, lastPassStartedAt } = checkpoint;
  const isSettled = after !== undefined && job.jobId <= after;
  if (isSettled && wasRegisteredBy(job, passStartedAt)) return passStartedAt;
  return wasRegisteredBy(job, lastPassStartedAt) ? lastPassStartedAt : undefined;
}

function wasRegisteredBy(job: Pick<Job, 'registeredAt'>, at: number | undefined): boolean {
  return at !== undefined && job.registeredAt <= at;
}

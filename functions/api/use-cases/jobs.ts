import { cancel } from '../../core/jobs/apply.ts';
import { type Job, placeOf } from '../../core/jobs/job.ts';
import { isTerminal } from '../../core/jobs/states.ts';
import type { CheckpointStore, JobStore, TimeSource } from '../../core/ports.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { completedPasses, hasSkipped } from '../../core/sweeps/pass.ts';
import { hasTurn } from '../../core/sweeps/schedule.ts';
import { MINUTE } from '../../core/time.ts';
import { JobNotFound } from './refusals.ts';
import { untilWritten } from './until-written.ts';

/** Looks a job up. @throws JobNotFound */
export async function getJob({ jobs }: { readonly jobs: JobStore }, jobId: string): Promise<Job> {
  const job = await jobs.get(jobId);
  if (job === undefined) throw new JobNotFound(jobId);
  return job;
}

/** When a job was last checked, as `lastCheckedAt` has it; a terminal one costs no read. */
export async function getLastCheck(
  { checkpoints }: { readonly checkpoints: CheckpointStore },
  job: Job,
): Promise<number | undefined> {
  return isTerminal(job.state) ? undefined : lastCheckedAt(job, await checkpoints.read());
}

/**
 * When a pending job was last checked, at the earliest (ms since the epoch). A check that finds
 * nothing new leaves no trace on its job, so this is the start of the last pass that has come by and
 * checked it for certain: one that skipped nobody, or in which it had its turn whatever its age.
 *
 * @returns undefined when no pass has yet, and for terminal jobs, which are not checked any more
 */
export function lastCheckedAt(
  job: Pick<Job, 'jobId' | 'iModelId' | 'state' | 'registeredAt' | 'notBefore' | 'lastError'>,
  checkpoint: Checkpoint | undefined,
): number | undefined {
  if (checkpoint === undefined || isTerminal(job.state)) return undefined;
  if (job.notBefore !== undefined && job.lastError) return ownCheckAt(job, job.lastError.at);
  const { after, pass = 0, passStartedAt } = checkpoint;
  const isPast = after !== undefined && placeOf(job) <= after;
  const isChecked = isPast && (!hasSkipped(checkpoint) || hasTurn(job.jobId, pass));
  if (isChecked && wasRegisteredBy(job, passStartedAt)) return passStartedAt;
  const passes = completedPasses(checkpoint);
  const last = passes.find((_, i) => hasTurn(job.jobId, pass - 1 - i)) ?? passes.at(-1);
  return wasRegisteredBy(job, last) ? last : undefined;
}

/** A process that is frozen may put a check on record so late (ms), and no later. */
const RECORDED_WITHIN = 5 * MINUTE;

/** The last check, at the earliest, of a job that passes come by without one for a while. */
function ownCheckAt(job: Pick<Job, 'registeredAt'>, recordedAt: number): number | undefined {
  const at = recordedAt - RECORDED_WITHIN;
  return wasRegisteredBy(job, at) ? at : undefined;
}

function wasRegisteredBy(job: Pick<Job, 'registeredAt'>, at: number | undefined): boolean {
  return at !== undefined && job.registeredAt <= at;
}

/** A job that is not watched any more, and whether it was until now. */
export interface CancelResult {
  readonly job: Job;
  readonly outcome: 'Cancelled' | 'AlreadyEnded';
}

/**
 * Stops the watch of a job without an alert; one that has ended stays as it is.
 *
 * @param cancelledBy who asks
 * @throws JobNotFound, Contended when others keep changing the job
 */
export function cancelJob(
  { jobs, time }: { readonly jobs: JobStore; readonly time: TimeSource },
  jobId: string,
  cancelledBy: string,
): Promise<CancelResult> {
  return untilWritten(`job ${jobId}`, async (): Promise<CancelResult | undefined> => {
    const job = await getJob({ jobs }, jobId);
    if (isTerminal(job.state)) return { job, outcome: 'AlreadyEnded' };

    const cancelled = cancel(job, time.now(), cancelledBy);
    return (await jobs.update(job, cancelled))
      ? { job: cancelled, outcome: 'Cancelled' }
      : undefined;
  });
}

import { type Job, watchOf } from '../../core/jobs/job.ts';
import { isTerminal } from '../../core/jobs/states.ts';
import { cancel, changeWatch } from '../../core/jobs/watch.ts';
import type { CheckpointStore, JobStore, TimeSource } from '../../core/ports.ts';
import { lastCheckedAt } from '../../core/sweeps/pass.ts';
import { formatDuration, isoTime, MINUTE } from '../../core/time.ts';
import { JobNotFound, WatchNotChanged } from './refusals.ts';
import { untilWritten } from './until-written.ts';

/** Looks a job up. @throws JobNotFound */
export async function getJob({ jobs }: { readonly jobs: JobStore }, jobId: string): Promise<Job> {
  const job = await jobs.get(jobId);
  if (job === undefined) throw new JobNotFound(jobId);
  return job;
}

/** When a job was last checked, as `lastCheckedAt` has it; one that is not, or no more, costs no read. */
export async function getLastCheck(
  { checkpoints }: { readonly checkpoints: CheckpointStore },
  job: Job,
): Promise<number | undefined> {
  if (watchOf(job) !== 'check') return undefined;
  return lastCheckedAt(job, await checkpoints.read());
}

/**
 * Stops the watch of a job without an alert; one that has ended stays as it is.
 *
 * @param cancelledBy who asks
 * @returns the job as it is now
 * @throws JobNotFound, Contended when others keep changing the job
 */
export function cancelJob(
  { jobs, time }: { readonly jobs: JobStore; readonly time: TimeSource },
  jobId: string,
  cancelledBy: string,
): Promise<Job> {
  return untilWritten(`job ${jobId}`, async (): Promise<Job | undefined> => {
    const job = await getJob({ jobs }, jobId);
    if (isTerminal(job.state)) return job;

    const cancelled = cancel(job, time.now(), cancelledBy);
    return (await jobs.update(job, cancelled)) ? cancelled : undefined;
  });
}

/** What somebody wants changed about the watch of a job; what is left out stays as it is. */
export interface WatchChangeRequest {
  /** `null`: no label. */
  readonly label?: string | null | undefined;
  /** Both count from the registration. */
  readonly timeoutMinutes?: number | undefined;
  /** `null`: no reminder. */
  readonly remindAfterMinutes?: number | null | undefined;
}

/**
 * Changes how a pending job is watched. What is asked for again changes nothing.
 *
 * @throws JobNotFound, WatchNotChanged, and Contended when others keep changing the job
 */
export function changeJob(
  { jobs, time }: { readonly jobs: JobStore; readonly time: TimeSource },
  jobId: string,
  { label, timeoutMinutes, remindAfterMinutes }: WatchChangeRequest,
): Promise<Job> {
  return untilWritten(`job ${jobId}`, async () => {
    const job = await getJob({ jobs }, jobId);
    if (isTerminal(job.state)) {
      throw new WatchNotChanged(
        `Job ${jobId} has ended: ${job.state}. There is no watch to change.`,
      );
    }
    const now = time.now();
    const watchedFor = now - job.registeredAt;
    const after = (minutes: number) => {
      if (minutes * MINUTE > watchedFor) return job.registeredAt + minutes * MINUTE;
      const watched = formatDuration(watchedFor);
      throw new WatchNotChanged(`Job ${jobId} has been watched for ${watched}: give more minutes.`);
    };
    const timeoutAt = timeoutMinutes === undefined ? job.timeoutAt : after(timeoutMinutes);
    const remindAt = remindAfterMinutes == null ? remindAfterMinutes : after(remindAfterMinutes);
    if (remindAt != null && remindAt >= timeoutAt) {
      const end = isoTime(timeoutAt);
      throw new WatchNotChanged(`Job ${jobId} is watched until ${end}: be reminded before.`);
    }
    const changed = changeWatch(job, { label, timeoutAt, remindAt }, now);
    if (changed !== job && !(await jobs.update(job, changed))) return undefined;
    return changed;
  });
}

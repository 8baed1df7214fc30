import { type TestJobRequest, testJob } from '../../core/alerts/test-job.ts';
import type { Job } from '../../core/jobs/job.ts';
import type { CheckpointStore, JobStore, TimeSource } from '../../core/ports.ts';
import { type Health, health } from '../../core/sweeps/health.ts';

/** How the monitor is doing, from its checkpoint alone. */
export async function getHealth({
  checkpoints,
  time,
}: {
  readonly checkpoints: CheckpointStore;
  readonly time: TimeSource;
}): Promise<Health> {
  return health(await checkpoints.read(), time.now());
}

/** What it takes to try the monitor out. */
export interface TestAlertPorts {
  readonly jobs: JobStore;
  readonly time: TimeSource;
  /** A UUID that was never given out before. */
  readonly newId: () => string;
}

/**
 * Puts a job on record that never was and that owes an alert, marked as a test. The next sweep
 * publishes it as it does every other.
 */
export async function sendTestAlert(
  { jobs, time, newId }: TestAlertPorts,
  request: Omit<TestJobRequest, 'jobId'>,
): Promise<Job> {
  const job = testJob({ ...request, jobId: newId() }, time.now());
  await jobs.add(job);
  return job;
}

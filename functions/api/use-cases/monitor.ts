import { type TestJobRequest, testJob } from '../../core/alerts/test-job.ts';
import type { Job } from '../../core/jobs/job.ts';
import type { CheckpointStore, IModelStore, JobStore, TimeSource } from '../../core/ports.ts';
import { type Health, health } from '../../core/sweeps/health.ts';

/** How the monitor is doing, from its checkpoint and the watched iModels. */
export async function getHealth({
  checkpoints,
  iModels,
  time,
}: {
  readonly checkpoints: CheckpointStore;
  readonly iModels: IModelStore;
  readonly time: TimeSource;
}): Promise<Health> {
  const [checkpoint, watched] = await Promise.all([checkpoints.read(), iModels.list()]);
  return health(checkpoint, time.now(), watched);
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

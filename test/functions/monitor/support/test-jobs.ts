import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { State } from '../../../../functions/core/jobs/states.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import type { JobStore } from '../../../../functions/core/ports.ts';
import { DAY } from '../../../../functions/core/time.ts';
import type { Answer } from '../../../../local/itwin-simulator/script.ts';
import type { ItwinSimulator } from '../../../../local/itwin-simulator/server.ts';
import { RUNNING } from './answers.ts';

/** A job to register, with the run that it watches. */
export interface TestJob {
  /** @default the next one in key order */
  readonly jobId?: string;
  readonly label?: string;
  /** Any state but this one means that the job was seen before. @default 'Registered' */
  readonly state?: State;
  /** ms since the epoch. @default in a day */
  readonly timeoutAt?: number;
  /** What upstream answers. @default Running */
  readonly answer?: Answer;
}

/** The jobs of a world, as everybody but the monitor deals with them. */
export interface TestJobs {
  /** Job ids of all that were registered, in order. */
  readonly jobIds: readonly string[];
  /** Puts a job on record, and its run into the simulator. @returns its job id */
  register(job?: TestJob): Promise<string>;
  /** @returns the job ids, in key order */
  registerMany(count: number, job?: TestJob): Promise<string[]>;
  /** The job as it is on record. */
  job(jobId: string): Promise<Job>;
  /** Writes what somebody else does to a job. */
  change(jobId: string, change: (job: Job) => Job): Promise<void>;
}

/**
 * The jobs of one world.
 *
 * @param now ms since the epoch
 */
export function createTestJobs(
  store: JobStore,
  simulator: ItwinSimulator,
  now: () => number,
): TestJobs {
  const jobIds: string[] = [];
  const jobs: TestJobs = {
    jobIds,
    async register(options = {}) {
      const { jobId = jobIdOf(jobIds.length + 1), answer = RUNNING } = options;
      jobIds.push(jobId);
      simulator.setRun(jobId, answer);
      await store.add(jobOf(jobId, options, now()));
      return jobId;
    },
    registerMany: (count, job) =>
      Promise.all(Array.from({ length: count }, () => jobs.register(job))),
    async job(jobId) {
      const job = await store.get(jobId);
      if (job === undefined) throw new Error(`There is no job ${jobId}.`);
      return job;
    },
    async change(jobId, change) {
      const before = await jobs.job(jobId);
      await store.update(before, change(before));
    },
  };
  return jobs;
}

/** Job ids in ascending order. */
function jobIdOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function jobOf(jobId: string, { label, state, timeoutAt }: TestJob, now: number): Job {
  const job = newJob({
    jobId,
    ...(label !== undefined && { label }),
    registeredAt: now,
    registeredBy: 'test',
    timeoutAt: timeoutAt ?? now + DAY,
  });
  return state === undefined ? job : applyChange(job, { kind: 'Transition', to: state }, now);
}

import { JobContended } from './job-problems.ts';

const ATTEMPTS = 5;

/**
 * Repeats a read, a decision and a conditional write until the write goes through.
 *
 * @param attempt gives undefined when somebody else wrote in between
 * @throws JobContended when that happens five times in a row
 */
export async function untilWritten<T>(
  jobId: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let i = 0; i < ATTEMPTS; i += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new JobContended(jobId);
}

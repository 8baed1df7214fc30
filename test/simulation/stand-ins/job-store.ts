import type { Job } from '../../../functions/core/jobs/job.ts';
import type { ListableJobStore } from '../../../functions/core/ports.ts';
import type { Caller } from '../caller.ts';
import { copyOf } from './copy-of.ts';
import type { JobsTable } from './jobs-table.ts';

/** What an invocation does with jobs, as others see it. */
export interface JobSights {
  readonly onWritten: (before: Job | undefined, after: Job) => void;
  /** It would have added a job that is there already. */
  readonly onKnown: (jobId: string) => void;
}

/** The jobs table as one invocation reaches it. */
export function jobStoreOf(
  table: JobsTable,
  call: Caller,
  { onWritten, onKnown }: JobSights,
): ListableJobStore {
  function reported(jobId: string, write: () => boolean): boolean {
    const before = table.get(jobId);
    const isWritten = write();
    if (isWritten) onWritten(before, table.get(jobId) as Job);
    return isWritten;
  }

  return {
    add: (job) =>
      call({
        what: `add ${job.jobId}`,
        to: 'tables',
        effect() {
          const isAdded = reported(job.jobId, () => table.add(job));
          if (!isAdded) onKnown(job.jobId);
          return isAdded;
        },
        ifRepeated: false,
      }),
    get: (jobId, signal) =>
      call({ what: `get ${jobId}`, to: 'tables', signal, effect: () => copyOf(table.get(jobId)) }),
    update: (before, after, signal) =>
      call({
        what: `update ${before.jobId} to ${after.state}, version ${after.version}`,
        to: 'tables',
        signal,
        effect: () => reported(before.jobId, () => table.update(before, after)),
        ifRepeated: false,
      }),
    pendingPage: (after, limit, signal) =>
      call({
        what: 'read pending jobs',
        to: 'tables',
        signal,
        effect: () => table.pendingPage(after, limit),
      }),
    owedPage: (after, signal) =>
      call({ what: 'read owing jobs', to: 'tables', signal, effect: () => table.owedPage(after) }),
    listPage: (position, limit, filter) =>
      call({
        what: 'list jobs',
        to: 'tables',
        effect: () => table.listPage(position, limit, filter),
      }),
  };
}

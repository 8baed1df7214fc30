import type { Job } from '../../../functions/core/jobs/job.ts';
import type { Answer } from '../../../functions/core/jobs/observation.ts';
import { createLastAnswers } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for what is on record of checks that went wrong. */
export const failedCheckInvariants: readonly Invariant[] = [
  {
    name: 'who tells how many checks failed tells of the last of them, and the other way round',
    watch: () => ({ judge: { JobWritten: ({ after }) => whyHalfTold(after) } }),
  },
  { name: 'what is on record of failed checks is what came of them', watch: asAnswered },
];

function whyHalfTold({ jobId, failedChecks, lastError }: Job): string | undefined {
  if ((failedChecks === undefined) === (lastError === undefined)) return;
  return `job ${jobId} tells of ${failedChecks} failed checks, the last by ${lastError?.name}`;
}

function asAnswered(world: WorldView): Watcher {
  const answers = createLastAnswers(world);
  return {
    note: answers.note,
    judge: {
      JobWritten(written) {
        const { by, before, after } = written;
        if (by.kind === 'api' || before === undefined) return;
        const heard = answers.of(by, after.jobId);
        const why = whyWrong(written as Rewritten, heard);
        return why && `job ${after.jobId} tells of ${why}, but was answered ${heard?.kind}`;
      },
    },
  };
}

/** A write of a job that was on record. */
type Rewritten = HappeningOf<'JobWritten'> & { readonly before: Job };

function whyWrong({ before, after }: Rewritten, heard: Answer | undefined): string | undefined {
  const { failedChecks = 0, lastError } = after;
  const more = failedChecks - (before.failedChecks ?? 0);
  if (failedChecks === 0) return;
  if (more > 1 || more < 0) return `${failedChecks} failed checks after ${before.failedChecks}`;
  const name = lastError?.name ?? 'nothing';
  if (more === 1) return namesFor(heard).includes(name) ? undefined : name;
  const isGood = heard?.kind === 'Status' || heard?.kind === 'Pending';
  return isGood && !isOfOthers(before, after) ? `${name} still` : undefined;
}

/** Whether it was not written because of an answer: its alert is out, or its iModel has adopted it. */
function isOfOthers(before: Job, after: Job): boolean {
  const owed = ({ owed = {} }: Job) => Object.keys(owed).length;
  return owed(after) < owed(before) || after.iModelId !== before.iModelId;
}

/** What a check may be called on record that came to such an answer, of all runs or of this one alone. */
function namesFor(heard: Answer | undefined): readonly string[] {
  switch (heard?.kind) {
    case undefined:
      return ['Timeout', 'ConnectionFailed'];
    case 'Failed':
      return [heard.error.name];
    case 'Missing':
      return ['UpstreamFault'];
    case 'Unauthorized':
    case 'RateLimited':
      return [heard.kind];
    default:
      return [];
  }
}

import { isDeepStrictEqual } from 'node:util';
import { callsForLogs } from '../../../functions/core/alerts/log-digest.ts';
import { isReminderDue, type Job } from '../../../functions/core/jobs/job.ts';
import { isEndedByMonitor, isSeen, isTerminal } from '../../../functions/core/jobs/states.ts';
import { kindOf } from '../../../functions/core/kinds/kinds.ts';
import { omit } from '../../../functions/core/objects.ts';
import { createLastAnswers } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for every write of a job. */
export const recordInvariants: readonly Invariant[] = [
  {
    name: 'a terminal state changes only by registering the job again',
    watch: () => ({ judge: { JobWritten: terminalStays } }),
  },
  {
    name: 'each version of a job builds on the one before it',
    watch: () => ({ judge: { JobWritten: versionRises } }),
  },
  {
    name: 'transitions form a path that is only ever added to',
    watch: () => ({ judge: { JobWritten: isPath } }),
  },
  {
    name: 'only a caller changes how a job is watched',
    watch: () => ({ judge: { JobWritten: watchedAsAsked } }),
  },
  {
    name: 'a change of how a job is watched changes nothing else',
    watch: () => ({ judge: { JobWritten: nothingElse } }),
  },
  { name: 'a check without news writes nothing', watch: newsOnly },
  { name: 'no state is recorded that nobody told of', watch: toldOnly },
  {
    name: 'an end that calls for logs is told with what came of reading them',
    watch: () => ({ judge: { JobWritten: logsTold } }),
  },
];

type Written = HappeningOf<'JobWritten'>;

function terminalStays({ by, before, after }: Written): string | undefined {
  if (before === undefined || !isTerminal(before.state) || after.state === before.state) return;
  const isReopened =
    by.kind === 'api' && isEndedByMonitor(before.state) && after.state === 'Registered';
  return isReopened ? undefined : `${nameOf(after)} was ${before.state} and became ${after.state}`;
}

function versionRises({ before, after }: Written): string | undefined {
  // One that is found comes on record with the state that it has.
  const expected = before ? before.version + 1 : 1 + after.transitions.length;
  if (after.version === expected) return;
  return `${nameOf(after)} should have become version ${expected}, not ${after.version}`;
}

function isPath({ before, after }: Written): string | undefined {
  if (before?.transitions === after.transitions && before.state === after.state) return;
  const known = before?.transitions ?? [];
  const state = before?.state ?? 'Registered';
  const added = after.transitions.slice(known.length);
  if (!isDeepStrictEqual(after.transitions.slice(0, known.length), known)) {
    return `${nameOf(after)} lost some of its history`;
  }
  const [step] = added;
  if (step === undefined) {
    return before && before.state !== after.state
      ? `${nameOf(after)} became ${after.state} without a transition`
      : undefined;
  }
  if (added.length === 1 && step.from === state && step.to === after.state) return;
  return `${nameOf(after)} went from ${state} to ${after.state} by ${JSON.stringify(added)}`;
}

function watchedAsAsked({ by, before, after }: Written): string | undefined {
  if (by.kind === 'api' || before === undefined) return;
  const isSame = before.label === after.label && before.timeoutAt === after.timeoutAt;
  return isSame ? undefined : `${nameOf(after)} is watched otherwise since ${by.name}`;
}

/** What a caller writes about a job without a transition. */
function nothingElse({ by, before, after }: Written): string | undefined {
  if (by.kind !== 'api' || before === undefined || before.state !== after.state) return;
  // What was usual of runs by another label is not of this one; a reminder may come too late now. Who
  // registers a run that was found wants to be told of it.
  const watch = ['label', 'timeoutAt', 'overdueSince', 'usual', 'remindAt', 'remindCause'] as const;
  const rest = (job: Job) => omit(job, ...watch, 'unusuallyLong', 'isQuietIfOver', 'version');
  if (isDeepStrictEqual(rest(before), rest(after))) return;
  return `${nameOf(after)} was not only watched otherwise by ${by.name}`;
}

function logsTold({ before, after }: Written): string | undefined {
  const isTold = before !== undefined && isMark(before, after) && isTerminal(after.state);
  if (!isTold || !kindOf(after).logs || !callsForLogs(after) || after.logs !== undefined) return;
  return `${nameOf(after)} was told of as ${after.state} without a word about its logs`;
}

/** Judges a write by the answer that the same sweep got about the job last. */
function newsOnly(world: WorldView): Watcher {
  const answers = createLastAnswers(world);
  return {
    note: answers.note,
    judge: {
      JobWritten({ by, before, after }) {
        if (by.kind !== 'sweep' || before === undefined) return;
        // That it belongs to a watched iModel is news, too.
        if (before.iModelId !== after.iModelId) return;
        const answer = answers.of(by, after.jobId);
        if (isMark(before, after) || isTroubled(before)) return;
        if (isReminderDue(before, by.time.now())) return;
        const isSame =
          answer?.kind === 'Status' ? answer.state === before.state : isSeen(before.state);
        if (answer?.kind !== 'Status' && answer?.kind !== 'Pending') return;
        if (!isSame || by.time.now() >= before.timeoutAt) return;
        return `${nameOf(after)} was written though it still is ${before.state}`;
      },
    },
  };
}

/** The list of another API tells nothing of a run, whatever id it shows. */
function toldOnly(world: WorldView): Watcher {
  const answers = createLastAnswers(world);
  return {
    note: answers.note,
    judge: {
      JobWritten({ by, before, after }) {
        const { state, jobId } = after;
        if (by.kind === 'api' || before === undefined || state === before.state) return;
        if (isEndedByMonitor(state)) return;
        const heard = answers.ofEither(by, jobId);
        const isTold = heard.some(
          (answer) =>
            answer?.kind === 'Pending' || (answer?.kind === 'Status' && answer.state === state),
        );
        if (isTold) return;
        return `${nameOf(after)} became ${state}, but ${by.name} was told ${JSON.stringify(heard)}`;
      },
    },
  };
}

function isMark(before: Job, after: Job): boolean {
  return Object.keys(after.owed ?? {}).length < Object.keys(before.owed ?? {}).length;
}

function isTroubled({ missing, failedChecks, limitedAt, overdueSince }: Job): boolean {
  return [missing, failedChecks, limitedAt, overdueSince].some((trouble) => trouble !== undefined);
}

function nameOf({ jobId }: Job): string {
  return `job ${jobId}`;
}

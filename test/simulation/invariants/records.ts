import { isDeepStrictEqual } from 'node:util';
import type { Job } from '../../../functions/core/job.ts';
import type { Answer } from '../../../functions/core/observation.ts';
import { isEndedByMonitor, isTerminal } from '../../../functions/core/states.ts';
import type { Happening } from '../happenings.ts';
import type { Invocation } from '../invocation.ts';
import type { Invariant } from './invariant.ts';

/** What must hold for every write of a job. */
export const recordInvariants: readonly Invariant[] = [
  {
    name: 'a terminal state changes only by registering the job again',
    watch: () => ({ see: onWrite(terminalStays) }),
  },
  {
    name: 'each version of a job builds on the one before it',
    watch: () => ({ see: onWrite(versionRises) }),
  },
  {
    name: 'transitions form a path that is only ever added to',
    watch: () => ({ see: onWrite(isPath) }),
  },
  { name: 'a check without news writes nothing', watch: newsOnly },
];

type Written = Extract<Happening, { kind: 'JobWritten' }>;

function onWrite(check: (written: Written) => string | undefined) {
  return (happening: Happening) => (happening.kind === 'JobWritten' ? check(happening) : undefined);
}

function terminalStays({ by, before, after }: Written): string | undefined {
  if (before === undefined || !isTerminal(before.state) || after.state === before.state) return;
  const isReopened =
    by.kind === 'api' && isEndedByMonitor(before.state) && after.state === 'Registered';
  return isReopened ? undefined : `${nameOf(after)} was ${before.state} and became ${after.state}`;
}

function versionRises({ before, after }: Written): string | undefined {
  const expected = (before?.version ?? 0) + 1;
  if (after.version === expected) return;
  return `${nameOf(after)} should have become version ${expected}, not ${after.version}`;
}

function isPath({ before, after }: Written): string | undefined {
  const known = before?.transitions ?? [];
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
  if (added.length === 1 && step.from === before?.state && step.to === after.state) return;
  return `${nameOf(after)} went from ${before?.state} to ${after.state} by ${JSON.stringify(added)}`;
}

/** Judges a write by the answer that the same sweep got about the job last. */
function newsOnly() {
  const answers = new WeakMap<Invocation, Map<string, Answer | undefined>>();
  return {
    see(happening: Happening): string | undefined {
      const { by, kind } = happening;
      if (by.kind !== 'sweep') return;
      if (kind === 'Answered') {
        const known = answers.get(by) ?? new Map();
        answers.set(by, known.set(happening.jobId, happening.answer));
      }
      if (kind !== 'JobWritten' || happening.before === undefined) return;
      const { before, after } = happening;
      const answer = answers.get(by)?.get(after.jobId);
      const isMark = Object.keys(after.owed ?? {}).length < Object.keys(before.owed ?? {}).length;
      if (isMark || answer?.kind !== 'Status' || isTroubled(before)) return;
      if (answer.state !== before.state || by.time.now() >= before.timeoutAt) return;
      return `${nameOf(after)} was written though it still is ${before.state}`;
    },
  };
}

function isTroubled({ missing, failedChecks, overdueSince }: Job): boolean {
  return missing !== undefined || failedChecks !== undefined || overdueSince !== undefined;
}

function nameOf({ jobId }: Job): string {
  return `job ${jobId}`;
}

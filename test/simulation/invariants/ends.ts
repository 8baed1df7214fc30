import type { Job } from '../../../functions/core/jobs/job.ts';
import type { Answer } from '../../../functions/core/jobs/observation.ts';
import { isSeen, isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Api } from '../../../functions/core/kinds/kind.ts';
import { HOUR, MINUTE } from '../../../functions/core/time.ts';
import { isOfRuns } from '../faults.ts';
import type { Invocation } from '../invocation.ts';
import { isSick, wordAt } from '../stand-ins/upstream.ts';
import { apiOf, createLastAnswers } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for the way in which a job ends. */
export const endInvariants: readonly Invariant[] = [
  { name: 'every end is the right one', watch: rightEnds },
  {
    name: 'only its caller cancels a job',
    watch: () => ({ judge: { JobWritten: cancelledByCaller } }),
  },
  {
    name: 'in the end every job has ended and owes nothing',
    watch: (world) => ({ end: () => firstUnsettled(world.jobs()) }),
  },
];

/** Why a job is not settled; undefined when all are. */
export function firstUnsettled(jobs: Iterable<Job>): string | undefined {
  for (const { jobId, state, owed } of jobs) {
    if (!isTerminal(state)) return `job ${jobId} is still ${state}`;
    if (owed && Object.keys(owed).length > 0) return `job ${jobId} still owes an alert`;
  }
  return undefined;
}

interface Trail {
  /** True time of the first of the missing answers in a row (ms since the epoch). */
  readonly since: number;
  readonly count: number;
}

function rightEnds(world: WorldView): Watcher {
  const answers = createLastAnswers(world);
  const trails = new Map<string, Trail>();
  return {
    note: {
      ...answers.note,
      Answered(answered) {
        answers.note.Answered(answered);
        const { jobId, answer } = answered;
        if (answer?.kind !== 'Missing') return;
        const { since, count } = trails.get(jobId) ?? { since: world.now(), count: 0 };
        trails.set(jobId, { since, count: count + 1 });
      },
    },
    judge: {
      JobWritten({ by, before, after }) {
        const { jobId, state } = after;
        if (state === 'Registered' && state !== before?.state) trails.delete(jobId);
        if (before?.state === state || !isTerminal(state)) return;
        const answer = answers.of(by, jobId);
        const why = whyWrong(world, { by, before, after, answer, trail: trails.get(jobId) });
        return why && `job ${jobId} ended as ${state}, but ${why}`;
      },
    },
  };
}

interface End {
  readonly by: Invocation;
  /** Undefined of one that was found when it was over. */
  readonly before: Job | undefined;
  readonly after: Job;
  readonly answer: Answer | undefined;
  readonly trail: Trail | undefined;
}

function whyWrong(world: WorldView, end: End): string | undefined {
  switch (end.after.state) {
    case 'Cancelled':
      return undefined;
    case 'TimedOut':
      return whyNotTimedOut(world, end);
    case 'NotFound':
    case 'AccessDenied':
      return whyNotGone(world, end);
    default:
      return whyNotEnded(world, end);
  }
}

function whyNotEnded(world: WorldView, { after }: End): string | undefined {
  const { end } = world.script(after.jobId);
  if (end && end.at <= world.now() && end.word === after.state) return;
  return `upstream says ${wordAt(world.script(after.jobId), world.now())}`;
}

function whyNotGone(world: WorldView, { before, after, trail }: End): string | undefined {
  const { gone } = world.script(after.jobId);
  if (isSeen(before?.state ?? 'Registered')) {
    const isGone = gone !== undefined && gone.at <= world.now();
    return isGone || isAloneInFault(world, apiOf(after))
      ? undefined
      : 'it was seen before and is still there';
  }
  if (trail === undefined || trail.count < 3) return `only ${trail?.count ?? 0} answers said so`;
  const lasted = world.now() - trail.since + 2 * world.plan.skew;
  return lasted < 10 * MINUTE ? 'it was missing for less than 10 min' : undefined;
}

/**
 * A fault of an hour that meets only one run of an API cannot be told from the end of that run, nor
 * where all others are sick.
 */
function isAloneInFault({ plan, now, jobs, script }: WorldView, ofApi: Api): boolean {
  const isLong = plan.windows.some(
    ({ kind, from, api = ofApi }) =>
      isOfRuns(kind) && api === ofApi && now() - from + 2 * plan.skew >= HOUR,
  );
  const others = [...jobs()].filter(
    (job) =>
      apiOf(job) === ofApi &&
      isSeen(job.state) &&
      !isTerminal(job.state) &&
      !script(job.jobId).gone &&
      !isSick(script(job.jobId).sickness, now()),
  );
  return isLong && others.length < 2;
}

function whyNotTimedOut(world: WorldView, { by, before, answer }: End): string | undefined {
  const late = by.time.now() - (before?.timeoutAt ?? Number.POSITIVE_INFINITY);
  if (late < 0) return 'its time was not up';
  if (answer?.kind === 'Pending') return undefined;
  if (answer?.kind === 'Status') {
    return isTerminal(answer.state) ? `upstream answered ${answer.state}` : undefined;
  }
  return late + 2 * world.plan.skew < HOUR ? 'it was not tried on for an hour' : undefined;
}

function cancelledByCaller({ by, before, after }: HappeningOf<'JobWritten'>): string | undefined {
  if (by.kind === 'api' || after.state !== 'Cancelled' || before?.state === 'Cancelled') return;
  return `job ${after.jobId} was cancelled by ${by.name}`;
}

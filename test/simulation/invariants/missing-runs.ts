import { KIND_OF_SOURCE } from '../../../functions/core/imodels/found-runs.ts';
import { isSeen } from '../../../functions/core/jobs/states.ts';
import type { Api } from '../../../functions/core/kinds/kind.ts';
import { DEFAULT_KIND } from '../../../functions/core/kinds/kinds.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { apiOf, createLastAnswers, onCheck, valueAt, valuesOf } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for answers that a run is missing. */
export const missingRunInvariants: readonly Invariant[] = [
  { name: 'a run counts as missing only when upstream says so of it', watch: onlyWhenSaid },
  { name: 'what all runs of an API say at once counts for none', watch: notAllAtOnce },
  { name: 'a run that its list shows does not count as missing', watch: notWhileListed },
];

/** Whether a write makes of one more answer that a run is missing something that leads to its end. */
function counts({ by, before, after }: HappeningOf<'JobWritten'>): boolean {
  if (by.kind === 'api' || before === undefined) return false;
  if (after.state === 'NotFound' || after.state === 'AccessDenied') {
    return after.state !== before.state;
  }
  return (after.missing?.count ?? 0) > (before.missing?.count ?? 0);
}

function onlyWhenSaid(world: WorldView): Watcher {
  const answers = createLastAnswers(world);
  return {
    note: answers.note,
    judge: {
      JobWritten(written) {
        const { by, after } = written;
        if (!counts(written) || answers.of(by, after.jobId)?.kind === 'Missing') return;
        return `job ${after.jobId} counts as missing, but nobody said so to ${by.name}`;
      },
    },
  };
}

/** How jobs of an API that were seen before answered in one sweep. */
interface Answered {
  isAlive: boolean;
  readonly missing: Set<string>;
}

function notAllAtOnce(world: WorldView): Watcher {
  const answered = new Map<Invocation, Map<Api, Answered>>();
  const seenFrom = new Map<string, number>();

  function answersOf(by: Invocation, api: Api): Answered {
    const apis = valueAt(answered, by, () => new Map<Api, Answered>());
    return valueAt(apis, api, () => ({ isAlive: false, missing: new Set() }));
  }

  return {
    note: {
      ...onCheck(world, ({ by, jobId, answer }) => {
        const job = world.job(jobId);
        if (!job) return;
        const answers = answersOf(by, apiOf(job));
        if (answer?.kind === 'Status') answers.isAlive = true;
        // The index must have shown it by the time at which the sweep began.
        const isSeenLong = world.now() - (seenFrom.get(jobId) ?? world.now()) > 2 * MINUTE;
        if (answer?.kind === 'Missing' && isSeenLong) answers.missing.add(jobId);
      }),
      JobExpired({ job }) {
        seenFrom.delete(job.jobId);
      },
      JobWritten({ before, after }) {
        if (!isSeen(after.state)) seenFrom.delete(after.jobId);
        else if (before === undefined || !isSeen(before.state)) {
          seenFrom.set(after.jobId, world.now());
        }
      },
    },
    judge: {
      JobWritten(written) {
        const { by, after } = written;
        if (!counts(written)) return;
        const { isAlive, missing } = answersOf(by, apiOf(after));
        if (isAlive || missing.size < 2) return;
        return `job ${after.jobId} counts as missing, and so does every run that ${by.name} asked about`;
      },
    },
  };
}

function notWhileListed(world: WorldView): Watcher {
  const listed = new Map<Invocation, Set<string>>();
  const contradicted = new Map<Invocation, Set<string>>();
  return {
    note: {
      ListAnswered({ by, asked, answer }) {
        if (answer?.kind !== 'Page') return;
        for (const { jobId } of answer.runs) {
          const { iModelId, kind = DEFAULT_KIND } = world.job(jobId) ?? {};
          const isOurs = iModelId === asked.iModelId && kind === KIND_OF_SOURCE[asked.source];
          if (isOurs) valuesOf(listed, by).add(jobId);
        }
      },
      Answered({ by, jobId, answer }) {
        const isShown = valuesOf(listed, by).has(jobId);
        const isGone = answer?.kind === 'Missing' && answer.status === 404;
        if (isGone && isShown) valuesOf(contradicted, by).add(jobId);
      },
    },
    judge: {
      JobWritten(written) {
        const { by, after } = written;
        if (!counts(written) || !valuesOf(contradicted, by).has(after.jobId)) return;
        return `job ${after.jobId} counts as missing, though a list has just shown it to ${by.name}`;
      },
    },
  };
}

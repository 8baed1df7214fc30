import type { Job } from '../../../functions/core/jobs/job.ts';
import { isEndedByMonitor, isSeen, isTerminal } from '../../../functions/core/jobs/states.ts';
import { isoTime, MINUTE } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { idOf } from './alerts.ts';
import { onCheck } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { patienceWith } from './passes.ts';

/** What must hold for what people are told of runs. */
export const toldInvariants: readonly Invariant[] = [
  { name: 'an alert says of its run what was seen of it', watch: saidAsSeen },
  { name: 'a length on record is of the time for which the run was seen', watch: rightLengths },
  {
    name: 'a digest names as not succeeded what has ended so',
    watch: () => ({ judge: { DigestAccepted: rightFailures } }),
  },
];

/** What was seen of a run before it ended. */
interface Seen {
  /** In the watch that there is, when it was first (ms since the epoch); absent when it was not. */
  readonly firstAt?: number;
  /** In whichever watch. */
  readonly ever: boolean;
}

const NOTHING: Seen = { ever: false };

type Written = HappeningOf<'JobWritten'>;

/** What was seen of the runs until now. */
function createSights({ now }: WorldView) {
  const sights = new Map<string, Seen>();
  return {
    of: (jobId: string): Seen => sights.get(jobId) ?? NOTHING,
    note({ before, after: { jobId, state } }: Written): void {
      const { ever, firstAt = now() } = sights.get(jobId) ?? NOTHING;
      if (before?.state === state || isTerminal(state)) return;
      sights.set(jobId, isSeen(state) ? { ever: true, firstAt } : { ever });
    },
    forget: (jobId: string) => void sights.delete(jobId),
  };
}

function isNewEnd({ before, after }: Written): boolean {
  return before?.state !== after.state && isTerminal(after.state);
}

function saidAsSeen(world: WorldView): Watcher {
  const sights = createSights(world);
  const ends = new Map<string, Seen>();
  return {
    note: {
      JobWritten(written) {
        sights.note(written);
        if (isNewEnd(written)) ends.set(idOf(written.after), sights.of(written.after.jobId));
      },
      JobExpired: ({ job }) => sights.forget(job.jobId),
    },
    judge: {
      AlertAccepted({ alert }) {
        const { id, state, endedBeforeFirstSeen, lastSeen } = alert;
        const seen = ends.get(id);
        if (alert.kind !== 'Ended' || !seen) return;
        const wasSeen = seen.firstAt !== undefined;
        if (endedBeforeFirstSeen !== (!isEndedByMonitor(state) && !wasSeen)) {
          return `${id} says endedBeforeFirstSeen: ${endedBeforeFirstSeen} of a run seen ${JSON.stringify(seen)}`;
        }
        const unseen = seen.ever ? 'not in this watch' : 'never';
        const isRight = lastSeen === undefined || wasSeen !== (lastSeen === unseen);
        return isRight
          ? undefined
          : `${id} says "${lastSeen}" of a run seen ${JSON.stringify(seen)}`;
      },
    },
  };
}

/** How far clocks may differ (ms). */
const GRACE = MINUTE;

function rightLengths(world: WorldView): Watcher {
  const sights = createSights(world);
  const lastSaid = createLastSaid(world);
  return {
    note: {
      ...onCheck(world, ({ by, jobId, answer }) => {
        // What is not believed at once, such as a 404 of all runs, is on record of none.
        const isFailed = !answer || answer.kind === 'Failed' || answer.kind === 'RateLimited';
        if (!isFailed) lastSaid.note(by, jobId);
      }),
      JobWritten(written) {
        const { by, before, after } = written;
        sights.note(written);
        if (before?.state !== after.state) lastSaid.note(by, after.jobId);
      },
      JobExpired: ({ job }) => sights.forget(job.jobId),
    },
    judge: {
      JobWritten(written) {
        const { by, after } = written;
        if (!isNewEnd(written) || isEndedByMonitor(after.state)) return;
        const { uncheckedSince } = after.transitions.at(-1) ?? {};
        if (uncheckedSince === undefined) return wrongLength(world, after, sights.of(after.jobId));
        // Its API may have told of others after that, within a pass.
        const saidAt = lastSaid.before(by, after.jobId) + patienceWith(world.plan);
        if (uncheckedSince <= saidAt && after.runLength === undefined) return;
        return `run ${after.jobId} took ${after.runLength}, unchecked since ${isoTime(uncheckedSince)}`;
      },
    },
  };
}

/** When something was last said of a run, by whichever sweep and by any before it (ms since the epoch). */
function createLastSaid({ now }: WorldView) {
  const said = new Map<string, { readonly by: Invocation; readonly at: number; before: number }>();
  return {
    note(by: Invocation, jobId: string): void {
      const last = said.get(jobId);
      const before = last?.by === by ? last.before : (last?.at ?? 0);
      said.set(jobId, { by, at: now(), before });
    },
    before(by: Invocation, jobId: string): number {
      const { by: last, at = 0, before = 0 } = said.get(jobId) ?? {};
      return last === by ? before : at;
    },
  };
}

function wrongLength(world: WorldView, job: Job, { firstAt }: Seen): string | undefined {
  const { jobId, runLength, endedAt = 0, startedAt } = job;
  const { states, end } = world.script(jobId);
  if (runLength === undefined && firstAt === undefined) return undefined;
  if (runLength === undefined || firstAt === undefined) {
    return `run ${jobId}, first seen at ${firstAt}, took ${runLength}`;
  }
  // An API that is busy says 202 of a run that is only to come: that is seen, too.
  const beganAt = Math.min(states[0]?.at ?? firstAt, firstAt, startedAt ?? firstAt);
  const most = endedAt - beganAt + GRACE;
  const least = (end?.at ?? 0) - Math.max(firstAt, startedAt ?? firstAt) - GRACE;
  if (runLength >= least && runLength <= most) return undefined;
  return `run ${jobId} took ${runLength} ms, which is not between ${least} and ${most}`;
}

/** Ends that are no failures. */
const NO_FAILURES: readonly string[] = ['Succeeded', 'Cancelled'];

function rightFailures({ digest: { id, failures } }: HappeningOf<'DigestAccepted'>) {
  const wrong = failures.find((state) => !isTerminal(state) || NO_FAILURES.includes(state));
  return wrong && `${id} names a run as not succeeded that is ${wrong}`;
}

import { isDeepStrictEqual } from 'node:util';
import { owedAlerts } from '../../../functions/core/jobs/job.ts';
import { isEndedByMonitor, isTerminal } from '../../../functions/core/jobs/states.ts';
import { DAY } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What callers may rely on. */
export const promiseInvariants: readonly Invariant[] = [
  {
    name: 'what a caller was told is on record',
    watch: (world) => ({
      judge: { CallerAnswered: (answered) => whyNotOnRecord(world, answered) },
    }),
  },
  { name: 'what a caller was told of an iModel is on record', watch: watchOnRecord },
  {
    name: 'no job goes off the record before its time',
    watch: (world) => ({ judge: { JobExpired: (expired) => whyTooEarly(world, expired) } }),
  },
];

/** For how long (ms) a job that has ended stays on record. */
const RETENTION = 90 * DAY;

function whyNotOnRecord(
  world: WorldView,
  { by, request, job }: HappeningOf<'CallerAnswered'>,
): string | undefined {
  const { jobId, state, version, transitions } = job;
  const told = `${by.name} was told that job ${jobId} is ${state}`;
  if (request === 'register' && isEndedByMonitor(state)) return `${told}, which is no watch`;
  if (request === 'change' && isTerminal(state)) return `${told}, which is no watch`;
  if (request === 'cancel' && !isTerminal(state)) return `${told}, which is no end of it`;
  const record = world.job(jobId);
  if (record === undefined || record.version < version) return `${told}, which is not on record`;
  const past = record.transitions.slice(0, transitions.length);
  return isDeepStrictEqual(past, transitions) ? undefined : `${told}, but the record differs`;
}

/** Somebody else may have asked for the opposite in the meantime. */
function watchOnRecord(world: WorldView): Watcher {
  const began = new Map<Invocation, number>();
  const changedAt = new Map<string, number>();
  return {
    note: {
      Began({ by }) {
        if (by.kind === 'api') began.set(by, world.now());
      },
      IModelWritten({ before, after }) {
        const { iModelId = '' } = after ?? before ?? {};
        if (after === undefined || before === undefined) changedAt.set(iModelId, world.now());
      },
    },
    judge: {
      WatchAnswered({ by, request, iModelId }) {
        const isWatched = world.iModel(iModelId) !== undefined;
        const isContested = (changedAt.get(iModelId) ?? 0) > (began.get(by) ?? 0);
        if (isWatched === (request === 'watch') || isContested) return;
        return `${by.name} was told that its ${request} of iModel ${iModelId} is done, and it is not`;
      },
    },
  };
}

function whyTooEarly({ now }: WorldView, { job }: HappeningOf<'JobExpired'>): string | undefined {
  const { jobId, state, endedAt } = job;
  if (!isTerminal(state) || endedAt === undefined) return `job ${jobId} was ${state} and is gone`;
  if (owedAlerts(job).length > 0) return `job ${jobId} owed an alert and is gone`;
  return now() < endedAt + RETENTION ? `job ${jobId} is gone before 90 days were over` : undefined;
}

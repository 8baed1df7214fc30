import { isDeepStrictEqual } from 'node:util';
import { owedAlerts } from '../../../functions/core/jobs/job.ts';
import { isEndedByMonitor, isTerminal } from '../../../functions/core/jobs/states.ts';
import { DAY } from '../../../functions/core/time.ts';
import type { HappeningOf, Invariant, WorldView } from './invariant.ts';

/** What callers may rely on. */
export const promiseInvariants: readonly Invariant[] = [
  {
    name: 'what a caller was told is on record',
    watch: (world) => ({
      judge: { CallerAnswered: (answered) => whyNotOnRecord(world, answered) },
    }),
  },
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
  if (request === 'cancel' && !isTerminal(state)) return `${told}, which is no end of it`;
  const record = world.job(jobId);
  if (record === undefined || record.version < version) return `${told}, which is not on record`;
  const past = record.transitions.slice(0, transitions.length);
  return isDeepStrictEqual(past, transitions) ? undefined : `${told}, but the record differs`;
}

function whyTooEarly({ now }: WorldView, { job }: HappeningOf<'JobExpired'>): string | undefined {
  const { jobId, state, endedAt } = job;
  if (!isTerminal(state) || endedAt === undefined) return `job ${jobId} was ${state} and is gone`;
  if (owedAlerts(job).length > 0) return `job ${jobId} owed an alert and is gone`;
  return now() < endedAt + RETENTION ? `job ${jobId} is gone before 90 days were over` : undefined;
}

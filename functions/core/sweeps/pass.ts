import { type Job, placeOf, type WatchedJob } from '../jobs/job.ts';
import { isTerminal } from '../jobs/states.ts';
import { kindOf } from '../kinds/kinds.ts';
import { omit } from '../objects.ts';
import { MINUTE, SECOND } from '../time.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type ApiAnswers, addAnswers } from './faults.ts';
import {
  type ByAge,
  countAges,
  hasTurn,
  jobsPerCheck,
  MAX_INTERVAL,
  NO_RUNS,
  type PassPlan,
  planIntervals,
  type Turn,
} from './schedule.ts';

/** What one sweep adds to one pass. */
export interface PassPart {
  /** ms since the epoch. */
  readonly startedAt: number;
  /** The last key such that every key up to it is done; absent when not one is. */
  readonly last?: string;
  /** The jobs up to `last`. */
  readonly done: readonly Turn[];
  readonly isPassComplete: boolean;
  /** How the previously seen jobs of this part answered. */
  readonly answers: ApiAnswers;
}

/** The checkpoint with one more part of a pass in it (`now`: ms since the epoch). */
export function continuePass(checkpoint: Checkpoint, part: PassPart, now: number): Checkpoint {
  const passStartedAt = checkpoint.passStartedAt ?? part.startedAt;
  const pendingSeen = checkpoint.pendingSeen + part.done.filter(({ isList }) => !isList).length;
  const pendingByAge = byAgeWith(checkpoint.pendingByAge, part.done);
  const answers = addAnswers(checkpoint.answers ?? {}, part.answers);
  // Who waits for its own time is checked in no pass before, so passes that skip nobody may leave it out.
  const left = part.done.filter(({ isDue, isWaiting }) => !isDue && !isWaiting).length;
  const skipped = (checkpoint.skipped ?? 0) + left;
  const after = part.last ?? checkpoint.after;
  const standing = omit(checkpoint, 'after', 'passStartedAt', 'skipped');
  if (!part.isPassComplete) {
    const place = { ...(after !== undefined && { after }), passStartedAt };
    return {
      ...standing,
      ...place,
      pendingSeen,
      pendingByAge,
      answers,
      ...(skipped > 0 && { skipped }),
    };
  }
  return {
    ...omit(standing, 'pendingByAge', 'earlierPasses', 'answers'),
    ...(skipped > 0 && { earlierPasses: passesBefore(checkpoint) }),
    pass: (checkpoint.pass ?? 0) + 1,
    lastPassStartedAt: passStartedAt,
    lastPassCompletedAt: now,
    lastPassPending: pendingSeen,
    lastPassByAge: pendingByAge,
    lastPassAnswers: answers,
    pendingSeen: 0,
  };
}

/** Whom the pass under way checks, or the next one. */
export function planPass(checkpoint: Checkpoint, checksPerMinute: number): PassPlan {
  const { pass = 0, runLengths = NO_RUNS, lastPassByAge = [] } = checkpoint;
  const intervals = planIntervals(runLengths, lastPassByAge, checksPerMinute);
  return { pass, intervals, jobsPerCheck: jobsPerCheck(lastPassByAge, intervals) };
}

/** Whether a pass has left out jobs whose turn it was not. */
export function hasSkipped({ skipped = 0 }: Checkpoint): boolean {
  return skipped > 0;
}

/** When the completed passes started that between them checked every job, newest first. */
export function completedPasses({
  lastPassStartedAt,
  earlierPasses = [],
}: Checkpoint): readonly number[] {
  return lastPassStartedAt === undefined ? [] : [lastPassStartedAt, ...earlierPasses];
}

/** Counting a pass that is complete now, these are enough for every job to have had its turn. */
function passesBefore(checkpoint: Checkpoint): readonly number[] {
  return completedPasses(checkpoint).slice(0, MAX_INTERVAL - 1);
}

/** By age, what takes a request: load is counted in these. */
function byAgeWith(counts: ByAge = [], turns: readonly Turn[]): ByAge {
  return countAges(
    counts,
    turns.filter(({ isListed }) => !isListed).map(({ ageClass }) => ageClass),
  );
}

/**
 * How late passes are: the time since the last one began, over what the requests that a pass takes
 * explain, which is one pass at the budget's rate and the minute until the next sweep. While all is
 * well it stays below 2: just before a pass is completed, the one before began a pass and its own pass
 * ago. A pass that skips jobs is over the sooner.
 *
 * @param checksPerMinute the budget
 * @returns undefined before the first pass
 */
export function lateness(
  checkpoint: Checkpoint,
  now: number,
  checksPerMinute: number,
): number | undefined {
  const { lastPassStartedAt, passStartedAt } = checkpoint;
  const began = lastPassStartedAt ?? passStartedAt;
  if (began === undefined) return undefined;
  return Math.max(0, now - began) / ((requestsOfPass(checkpoint) / checksPerMinute + 1) * MINUTE);
}

/** How many requests a pass takes, as far as is known. */
function requestsOfPass(checkpoint: Checkpoint): number {
  const seen = requestsOf(checkpoint.pendingByAge) ?? checkpoint.pendingSeen;
  return Math.max(seen, requestsOf(checkpoint.lastPassByAge) ?? checkpoint.lastPassPending ?? 0);
}

/** So long (ms) before the minute is over a follow-up has to be, for the next sweep to find the lease free. */
const SPARE = 5 * SECOND;

/** The sweeps that follow one of the schedule within its minute. Times are ms since the epoch. */
export interface FollowUps {
  /** When each begins. */
  readonly at: readonly number[];
  /** When the last must be over. */
  readonly until: number;
}

/**
 * The follow-ups of a sweep of the schedule: as many as the budget carries through all that is pending
 * once more, evenly over the minute. With less room there are fewer, and none while requests are paused.
 *
 * @param checkpoint as the sweep leaves it
 * @param startedAt when the sweep began (ms since the epoch)
 * @param settings `checkEvery`: the least time (ms) from one to the next
 */
export function followUps(
  checkpoint: Checkpoint,
  startedAt: number,
  settings: { readonly checksPerMinute: number; readonly checkEvery: number },
): FollowUps {
  const { pause, budget } = checkpoint;
  const requests = requestsOfPass(checkpoint);
  const room = pause ? 0 : budget - leftToLogs(settings.checksPerMinute);
  const most = Math.floor(MINUTE / settings.checkEvery) - 1;
  const count = requests > 0 ? Math.max(0, Math.min(most, Math.floor(room / requests))) : 0;
  const at = Array.from({ length: count }, (_, i) => startedAt + ((i + 1) * MINUTE) / (count + 1));
  return { at, until: startedAt + MINUTE - SPARE };
}

/** How many requests follow-ups leave to the logs and names of runs that have ended. */
export function leftToLogs(checksPerMinute: number): number {
  return Math.max(3, Math.ceil(checksPerMinute / 10));
}

/** How many requests it takes to ask about so many: a job that a list speaks of takes none. */
function requestsOf(counts: ByAge | undefined): number | undefined {
  return counts?.reduce((sum, count) => sum + count, 0);
}

/**
 * When a pending job was last checked, at the earliest (ms since the epoch). A check that finds
 * nothing new leaves no trace on its job, so this is the start of the last pass that has come by and
 * checked it for certain: one that skipped nobody, or in which it had its turn whatever its age.
 *
 * @returns undefined when no pass has yet, and for terminal jobs, which are not checked any more
 */
export function lastCheckedAt(
  job: Pick<Job, 'jobId' | 'iModelId' | 'state' | 'registeredAt' | 'notBefore' | 'lastError'>,
  checkpoint: Checkpoint | undefined,
): number | undefined {
  if (checkpoint === undefined || isTerminal(job.state)) return undefined;
  if (job.notBefore !== undefined && job.lastError) return ownCheckAt(job, job.lastError.at);
  const { after, pass = 0, passStartedAt } = checkpoint;
  const isPast = after !== undefined && placeOf(job) <= after;
  const isChecked = isPast && (!hasSkipped(checkpoint) || hasTurn(job.jobId, pass));
  if (isChecked && wasRegisteredBy(job, passStartedAt)) return passStartedAt;
  const passes = completedPasses(checkpoint);
  const last = passes.find((_, i) => hasTurn(job.jobId, pass - 1 - i)) ?? passes.at(-1);
  return wasRegisteredBy(job, last) ? last : undefined;
}

/** When a pending job was last checked, at the earliest, while its API told of runs (ms since the epoch). */
export function lastSeenAt(job: WatchedJob, checkpoint: Checkpoint): number | undefined {
  const checkedAt = lastCheckedAt(job, checkpoint);
  const answeredAt = checkpoint.contact?.answeredAt?.[kindOf(job).api];
  if (checkedAt === undefined || answeredAt === undefined) return checkedAt;
  return Math.min(checkedAt, answeredAt);
}

/** A process that is frozen may put a check on record so late (ms), and no later. */
const RECORDED_WITHIN = 5 * MINUTE;

/** The last check, at the earliest, of a job that passes come by without one for a while. */
function ownCheckAt(job: Pick<Job, 'registeredAt'>, recordedAt: number): number | undefined {
  const at = recordedAt - RECORDED_WITHIN;
  return wasRegisteredBy(job, at) ? at : undefined;
}

function wasRegisteredBy(job: Pick<Job, 'registeredAt'>, at: number | undefined): boolean {
  return at !== undefined && job.registeredAt <= at;
}

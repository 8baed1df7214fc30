import { kindOf } from '../kinds/kinds.ts';
import { omit } from '../objects.ts';
import { formatDuration, HOUR, MINUTE, SECOND } from '../time.ts';
import {
  isReminderDue,
  isTroubled,
  type Job,
  type Missing,
  type WatchedJob,
  wasEverSeen,
} from './job.ts';
import type {
  CheckError,
  FailedObservation,
  LimitedObservation,
  MissingObservation,
  Observation,
  StatusObservation,
} from './observation.ts';
import { isSeen, isTerminal, type State } from './states.ts';

/** How often in a row a run must be missing before that is its end; more proves nothing. */
const MISSING_CHECKS = 3;
/**
 * So long (ms) after one such answer another counts: at its edges a fault answers some runs and not others
 * for a minute or so, in which there may be four sweeps.
 */
const MISSING_APART = 50 * SECOND;
/** For how long (ms) a run that was never seen must be missing before that is its end. */
const MISSING_UNSEEN = 10 * MINUTE;
/** For how long (ms) a run that was seen before must be missing before that is its end. */
const MISSING_SEEN = 60 * MINUTE;
/** For how long (ms, by the awake clock) a job is tried on past its `timeoutAt` without an answer. */
const OVERDUE = HOUR;

/** The two clocks a decision is made by. */
export interface Clock {
  /** ms since the epoch. */
  readonly now: number;
  /** The awake clock (ms): runs while sweeps come and are not paused, stands still otherwise. */
  readonly awake: number;
}

/** What is to be written about a job, if anything. */
export type Decision =
  | { readonly kind: 'Unchanged' }
  /** The answer is as before, and checks or answers that had gone wrong came right again. */
  | { readonly kind: 'Recovered' }
  /** Upstream gave another pending state, or ended the job; or the monitor gives up on it. */
  | {
      readonly kind: 'Transition';
      readonly to: State;
      readonly reason?: string;
      readonly containsIssues?: boolean;
      readonly logsUrl?: string;
      readonly startedAt?: number;
      readonly lastError?: CheckError;
      readonly failedChecks?: number;
    }
  /** One more answer that the run is missing, which is not yet its end. */
  | { readonly kind: 'Missing'; readonly missing: Missing; readonly overdueSince?: number }
  | {
      readonly kind: 'FailedCheck';
      readonly error: CheckError;
      /** Of a run that is limited for itself. */
      readonly limitedAt?: number;
      readonly notBefore?: number;
      readonly overdueSince?: number;
    }
  /** The check met a limit, which may be one for all requests. */
  | { readonly kind: 'Limited'; readonly limitedAt: number; readonly overdueSince?: number }
  /** Nothing is new, but for the time: somebody wanted to be reminded of the job by now. */
  | { readonly kind: 'ReminderDue' };

/** A job as an index holds it is enough to decide; the reason that people read takes its history, too. */
type DecidedJob = WatchedJob & Partial<Pick<Job, 'transitions'>>;

const UNCHANGED: Decision = { kind: 'Unchanged' };

/**
 * What one observation means for one job. Pure: the same job, observation and clocks always give
 * the same decision.
 */
export function decide(job: DecidedJob, observation: Observation, clock: Clock): Decision {
  if (isTerminal(job.state)) return UNCHANGED;
  const decision = decideOn(job, observation, clock);
  const isRest = decision.kind === 'Unchanged' && isReminderDue(job, clock.now);
  return isRest ? { kind: 'ReminderDue' } : decision;
}

/** Whether it is to be known of the job, once that is written, what is usual of such runs. */
export function callsForUsual({ state }: WatchedJob, decision: Decision): boolean {
  return decision.kind === 'Transition' && (!isSeen(state) || isTerminal(decision.to));
}

function decideOn(job: DecidedJob, observation: Observation, clock: Clock): Decision {
  switch (observation.kind) {
    case 'Status':
      return decideOnStatus(job, observation, clock);
    case 'Pending':
      return decideOnStatus(job, { kind: 'Status', state: pendingState(job) }, clock);
    case 'Missing':
      return decideOnMissing(job, observation, clock);
    case 'Failed':
      return decideOnFailure(job, observation, clock);
    case 'Limited':
      return decideOnLimit(job, observation, clock);
  }
}

/** What a run is in that upstream knows of and tells nothing of. */
function pendingState({ state }: WatchedJob): State {
  return isSeen(state) ? state : 'Queued';
}

function decideOnStatus(job: WatchedJob, seen: StatusObservation, clock: Clock): Decision {
  const { state: to } = seen;
  if (!isTerminal(to) && clock.now >= job.timeoutAt) {
    const watched = formatDuration(clock.now - job.registeredAt);
    return {
      kind: 'Transition',
      to: 'TimedOut',
      reason: `Still ${to} after ${watched} under watch. The run itself may go on.`,
    };
  }
  if (to !== job.state)
    return { kind: 'Transition', to, ...omit(seen, 'kind', 'state', 'leftOut', 'isListed') };
  return isTroubled(job) ? { kind: 'Recovered' } : UNCHANGED;
}

function decideOnMissing(job: DecidedJob, gone: MissingObservation, clock: Clock): Decision {
  const before: Missing = job.missing ?? { since: clock.now, count: 0 };
  const isCounted =
    before.count < MISSING_CHECKS && Math.abs(clock.now - (before.countedAt ?? 0)) >= MISSING_APART;
  const missing = {
    ...before,
    // By a clock that was set back since, its end would come hours late.
    since: Math.min(before.since, clock.now),
    status: gone.status,
    ...(isCounted && { count: before.count + 1, countedAt: clock.now }),
  };
  const lasted = clock.now - missing.since;
  const limit = isSeen(job.state) ? MISSING_SEEN : MISSING_UNSEEN;
  if (missing.count >= MISSING_CHECKS && lasted >= limit) {
    return {
      kind: 'Transition',
      to: gone.status === 404 ? 'NotFound' : 'AccessDenied',
      reason: reasonForMissing(job, gone, lasted),
    };
  }
  const overdueSince = overdue(job, clock);
  if (hasRunOut(overdueSince, clock)) {
    return timedOut(`Upstream answered ${gone.status} when the watch ran out.`);
  }
  const isKnown = missing.status === before.status && missing.since === before.since;
  // A limit on record would make the next one seem to follow it at once.
  const isLimitOver = job.limitedAt !== undefined || job.notBefore !== undefined;
  if (!isCounted && isKnown && overdueSince === job.overdueSince && !isLimitOver) return UNCHANGED;
  return { kind: 'Missing', missing, ...(overdueSince !== undefined && { overdueSince }) };
}

function decideOnFailure(
  job: WatchedJob,
  { error, retryAt: notBefore }: Omit<FailedObservation, 'kind'>,
  clock: Clock,
): Decision {
  const overdueSince = overdue(job, clock);
  if (hasRunOut(overdueSince, clock)) {
    return {
      ...timedOut(`No valid answer when the watch ran out: ${error.message}`),
      lastError: error,
      // Else people would read that the last 0 checks failed.
      failedChecks: (job.failedChecks ?? 0) + 1,
    };
  }
  return {
    kind: 'FailedCheck',
    error,
    ...(notBefore !== undefined && { notBefore }),
    ...(overdueSince !== undefined && { overdueSince }),
  };
}

function decideOnLimit(job: WatchedJob, limit: LimitedObservation, clock: Clock): Decision {
  const { isAlone, retryAt } = limit;
  if (isAlone) {
    const failed = decideOnFailure(job, { error: LIMITED, retryAt }, clock);
    return failed.kind === 'FailedCheck' ? { ...failed, limitedAt: clock.now } : failed;
  }
  const overdueSince = overdue(job, clock);
  if (hasRunOut(overdueSince, clock)) return timedOut('Upstream limited requests to the end.');
  return {
    kind: 'Limited',
    limitedAt: clock.now,
    ...(overdueSince !== undefined && { overdueSince }),
  };
}

const LIMITED: CheckError = {
  name: 'RateLimited',
  message: 'Upstream limits requests for this run, though it answers for others.',
};

function timedOut(reason: string): Extract<Decision, { kind: 'Transition' }> {
  return { kind: 'Transition', to: 'TimedOut', reason };
}

function overdue(job: WatchedJob, clock: Clock): number | undefined {
  return clock.now >= job.timeoutAt ? (job.overdueSince ?? clock.awake) : undefined;
}

function hasRunOut(overdueSince: number | undefined, clock: Clock): boolean {
  return overdueSince !== undefined && clock.awake - overdueSince >= OVERDUE;
}

function reasonForMissing(job: DecidedJob, gone: MissingObservation, lasted: number): string {
  const answered = `Upstream has answered ${gone.status} for ${formatDuration(lasted)}.`;
  if (gone.status === 403) {
    const { access } = kindOf(job).texts;
    return `${answered} The monitor's service account may not read this run: it needs ${access}.`;
  }
  const { state, transitions = [] } = job;
  return isSeen(state) || wasEverSeen({ transitions })
    ? `${answered} The run was seen before and is gone.`
    : `${answered} It was never seen: the job id may be wrong, or the run may have ended earlier and been removed.`;
}

/**
 * What was seen of a job, without what a list says that is no news: lists lag, and a run does not go backwards.
 * A word that the job has had before, or that comes before its own, says only that the run is there.
 */
export function withoutOldWord(job: Job, seen: Observation): Observation {
  if (seen.kind !== 'Status' || !seen.isListed || isTerminal(seen.state)) return seen;
  const { state, transitions } = job;
  const reopened = transitions.findLastIndex(({ to }) => to === 'Registered');
  const wasHad = transitions.slice(reopened + 1).some(({ to }) => to === seen.state);
  const { pending } = kindOf(job).states;
  const isBefore =
    pending.includes(seen.state) && pending.indexOf(seen.state) < pending.indexOf(state);
  return seen.state !== state && (wasHad || isBefore) ? { kind: 'Pending' } : seen;
}

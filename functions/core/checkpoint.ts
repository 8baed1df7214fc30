import { MINUTE } from './durations.ts';
import { NO_ANSWERS, type PassTally } from './evidence.ts';
import type { Listeners } from './listeners.ts';
import { omit } from './omit.ts';
import type { Pause } from './pause.ts';

/** How long (ms) one sweep may hold the lease: as long as its function may run. */
const LEASE = MINUTE;

/** The longest stretch between two sweeps (ms) that counts as being awake. */
const MAX_GAP = 5 * MINUTE;

/**
 * Where the sweeps stand: the one item that carries everything from one sweep to the next. Times
 * are ms since the epoch.
 */
export interface Checkpoint {
  /** Rises by one on every write; every write is conditional on the version it was decided on. */
  readonly version: number;
  /** While it lies in the future, a sweep is under way and nobody else may start one. */
  readonly leaseUntil?: number;
  /** The pass goes on after this job id: every key up to it is settled. Absent: a new pass begins. */
  readonly after?: string;
  /** Present while a pass is under way. */
  readonly passStartedAt?: number;
  readonly lastPassStartedAt?: number;
  readonly lastPassCompletedAt?: number;
  /** When the last sweep was completed. */
  readonly lastSweepAt?: number;
  /** Jobs settled in the pass under way. */
  readonly pendingSeen: number;
  /** Jobs that the last completed pass settled. */
  readonly lastPassPending?: number;
  /** How the previously seen jobs of the pass under way answered. */
  readonly tally: PassTally;
  /** The tally of the last completed pass. */
  readonly lastPassTally?: PassTally;
  /** Requests that could be made at `budgetAt`. */
  readonly budget: number;
  readonly budgetAt: number;
  readonly pause?: Pause;
  /** Pauses in a row that no 200 came between. */
  readonly pauseCount: number;
  /** The awake clock (ms) as of the last lease. */
  readonly awake: number;
  /** Who gets alerts; absent before the first look. */
  readonly listeners?: Listeners;
}

/** Where a monitor stands that never swept. The first minute's budget is there at once. */
export function firstCheckpoint(now: number, checksPerMinute: number): Checkpoint {
  return {
    version: 0,
    pendingSeen: 0,
    tally: NO_ANSWERS,
    budget: checksPerMinute,
    budgetAt: now,
    pauseCount: 0,
    awake: 0,
  };
}

/** Whether another sweep holds the lease. */
export function isLeased(checkpoint: Checkpoint, now: number): boolean {
  return checkpoint.leaseUntil !== undefined && checkpoint.leaseUntil > now;
}

/**
 * The checkpoint as a sweep writes it to begin. The lease takes the whole budget with it, and the
 * result gives back what was not spent: a sweep that dies can only have made fewer requests than
 * are on record.
 */
export function takeLease(checkpoint: Checkpoint, now: number): Checkpoint {
  return {
    ...checkpoint,
    version: checkpoint.version + 1,
    leaseUntil: now + LEASE,
    budget: 0,
    budgetAt: now,
    awake: awakeAt(checkpoint, now),
  };
}

/** The token bucket by the clock: filled at `checksPerMinute`, holding one minute's worth. */
export function budgetAt(checkpoint: Checkpoint, now: number, checksPerMinute: number): number {
  const elapsed = Math.max(0, now - checkpoint.budgetAt);
  return Math.min(checksPerMinute, checkpoint.budget + (elapsed / MINUTE) * checksPerMinute);
}

/** How far a sweep came. Times are ms since the epoch. */
export interface Walked {
  readonly startedAt: number;
  /** The last key such that every key up to it is settled; absent when not one is. */
  readonly last: string | undefined;
  /** Jobs settled up to `last`. */
  readonly settled: number;
  readonly isPassComplete: boolean;
  /** How the jobs of the whole pass have answered so far. */
  readonly tally: PassTally;
  /** What is left of the budget that the lease took. */
  readonly budgetLeft: number;
  readonly pause: Pause | undefined;
  readonly pauseCount: number;
}

/** The checkpoint as a sweep leaves it after walking the pending jobs (`now`: ms since the epoch). */
export function afterWalk(checkpoint: Checkpoint, walked: Walked, now: number): Checkpoint {
  const passStartedAt = checkpoint.passStartedAt ?? walked.startedAt;
  const pendingSeen = checkpoint.pendingSeen + walked.settled;
  const after = walked.last ?? checkpoint.after;
  return {
    ...omit(checkpoint, 'after', 'passStartedAt', 'pause'),
    ...(walked.isPassComplete
      ? {
          lastPassStartedAt: passStartedAt,
          lastPassCompletedAt: now,
          lastPassPending: pendingSeen,
          lastPassTally: walked.tally,
          pendingSeen: 0,
          tally: NO_ANSWERS,
        }
      : {
          ...(after !== undefined && { after }),
          passStartedAt,
          pendingSeen,
          tally: walked.tally,
        }),
    budget: walked.budgetLeft,
    ...(walked.pause && { pause: walked.pause }),
    pauseCount: walked.pauseCount,
    lastSweepAt: now,
  };
}

function awakeAt({ lastSweepAt, leaseUntil, pause, awake }: Checkpoint, now: number): number {
  if (lastSweepAt === undefined || (pause && pause.until > now)) return awake;
  // A lease still on record is that of a sweep that died: the clock has run up to it already.
  const lastAwake = Math.max(lastSweepAt, (leaseUntil ?? 0) - LEASE);
  const gone = Math.min(MAX_GAP, Math.max(0, now - Math.max(lastAwake, pause?.until ?? 0)));
  // The sweep that ends a pause asks as well as any: without a minute of its own for it, a fault that
  // brings pause after pause would keep overdue jobs pending for days.
  return awake + (pause && pause.until >= lastAwake ? Math.max(gone, MINUTE) : gone);
}

import { MINUTE } from './durations.ts';
import type { PassTally } from './evidence.ts';
import type { Pause } from './pause.ts';

/** How long (ms) one sweep may hold the lease: as long as its function may run. */
export const LEASE = MINUTE;

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
  /** Requests that could be made at `budgetAt`. */
  readonly budget: number;
  readonly budgetAt: number;
  readonly pause?: Pause;
  /** Pauses in a row that no 200 came between. */
  readonly pauseCount: number;
  /** The awake clock (ms) as of the last lease. */
  readonly awake: number;
}

/** Where a monitor stands that never swept. The first minute's budget is there at once. */
export function firstCheckpoint(now: number, checksPerMinute: number): Checkpoint {
  return {
    version: 0,
    pendingSeen: 0,
    tally: { alive: 0, missing: 0 },
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

function awakeAt(checkpoint: Checkpoint, now: number): number {
  if (checkpoint.lastSweepAt === undefined) return checkpoint.awake;
  const since = Math.max(checkpoint.lastSweepAt, checkpoint.pause?.until ?? 0);
  return checkpoint.awake + Math.min(MAX_GAP, Math.max(0, now - since));
}

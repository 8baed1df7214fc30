import type { DigestRecord } from '../alerts/digest-schedule.ts';
import type { Listeners } from '../alerts/listeners.ts';
import { omit } from '../objects.ts';
import { DAY, isAhead, MINUTE, monthBefore, monthOf } from '../time.ts';
import { type ApiAnswers, type Contact, contactBy, withoutUnasked } from './faults.ts';
import type { Pause } from './pause.ts';
import type { ByAge, RunLengths } from './schedule.ts';
import type { Troubles } from './troubles.ts';

/** How long (ms) a sweep of the schedule may hold the lease: as long as its function may run. */
export const LEASE = MINUTE;

/** The part of its lease in which a sweep may begin requests: those that it has begun then have time left. */
const REQUESTS_SHARE = 40 / 60;

/** The longest time between two sweeps (ms) that counts as being awake. */
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
  /** When that lease was taken. */
  readonly leasedAt?: number;
  /** The pass goes on after this place: every key up to it is done. Absent: a new pass begins. */
  readonly after?: string;
  /** The number of the pass under way, or of the next: it says whose turn it is. Absent: 0. */
  readonly pass?: number;
  /** Present while a pass is under way. */
  readonly passStartedAt?: number;
  readonly lastPassStartedAt?: number;
  readonly lastPassCompletedAt?: number;
  /**
   * When the passes before the last one started, newest first, back to one that skipped nobody or to
   * the eighth: between them they checked every job. Absent when the last pass skipped nobody.
   */
  readonly earlierPasses?: readonly number[];
  /** When the last sweep was completed. */
  readonly lastSweepAt?: number;
  /** Jobs done in the pass under way. */
  readonly pendingSeen: number;
  /** The same by age. Absent: none. */
  readonly pendingByAge?: ByAge;
  /** Jobs that the last completed pass came by. */
  readonly lastPassPending?: number;
  /** The same by age. Absent: not known. */
  readonly lastPassByAge?: ByAge;
  /** How previously seen jobs answered in the pass under way. Absent: not at all. */
  readonly answers?: ApiAnswers;
  /** The answers of the last completed pass. */
  readonly lastPassAnswers?: ApiAnswers;
  /** Jobs that the pass under way came by and did not check: it was not their turn. Absent: 0. */
  readonly skipped?: number;
  /** Requests that could be made at `budgetAt`. */
  readonly budget: number;
  readonly budgetAt: number;
  readonly pause?: Pause;
  /** Pauses in a row that no 200 came between. */
  readonly pauseCount: number;
  /** Absent: nothing was asked yet. */
  readonly contact?: Contact;
  /** The awake clock (ms) as of the last lease. */
  readonly awake: number;
  /** Who gets alerts; absent before the first look. */
  readonly listeners?: Listeners;
  /** Absent: no job has ended yet. */
  readonly runLengths?: RunLengths;
  /** The first month whose figures are not kept for good yet: `YYYY-MM`. */
  readonly month?: string;
  /** Absent: no digests are wanted, or no sweep has looked yet. */
  readonly digest?: DigestRecord;
  /** What is wrong, and what of it the operator was told. Absent: no sweep has looked yet. */
  readonly troubles?: Troubles;
}

/** Where a monitor stands that never swept. The first minute's budget is there at once. */
export function firstCheckpoint(now: number, checksPerMinute: number): Checkpoint {
  return {
    version: 0,
    pendingSeen: 0,
    budget: checksPerMinute,
    budgetAt: now,
    pauseCount: 0,
    awake: 0,
    // Nothing has ended yet.
    month: monthOf(now),
  };
}

/** How long (ms) after its end a month is counted for good. By then its index shows all, and 83 days are left. */
const COUNTED_AFTER = 7 * DAY;
/** Of how many months jobs may still be on record by then. */
const MONTHS_ON_RECORD = 4;

/** The months whose figures are to be kept for good by now (ms since the epoch), oldest first. */
export function monthsToKeep({ month: next }: Checkpoint, now: number): readonly string[] {
  const last = monthBefore(monthOf(now - COUNTED_AFTER), 1);
  const months: string[] = [];
  let month = next ?? monthBefore(last, MONTHS_ON_RECORD - 1);
  for (; month <= last; month = monthBefore(month, -1)) months.push(month);
  return months;
}

/** The months that are not over by now, and yet counted: by a clock that was set back since. The newest first. */
export function monthsKeptEarly({ month: next }: Checkpoint, now: number): readonly string[] {
  const months: string[] = [];
  let month = next === undefined ? '' : monthBefore(next, 1);
  for (; month >= monthOf(now); month = monthBefore(month, 1)) months.push(month);
  return months;
}

/** Whether there are months to be counted, or to be counted anew. */
export function owesMonths(checkpoint: Checkpoint, now: number): boolean {
  return [monthsToKeep, monthsKeptEarly].some((months) => months(checkpoint, now).length > 0);
}

/** Whether another sweep holds the lease. */
export function isLeased({ leaseUntil }: Checkpoint, now: number): boolean {
  return isAhead(leaseUntil, now, LEASE);
}

/**
 * The checkpoint as a sweep writes it to begin. The lease takes the whole budget with it, up to the last
 * request that may leave, and the result gives back what was not spent: a sweep that dies can only have
 * made fewer requests than are on record, and none later.
 *
 * @param lasts how long (ms) the lease is held at most, 0 or more
 */
export function takeLease(checkpoint: Checkpoint, now: number, lasts = LEASE): Checkpoint {
  return {
    ...checkpoint,
    version: checkpoint.version + 1,
    leaseUntil: now + lasts,
    leasedAt: now,
    budget: 0,
    budgetAt: now + Math.floor(lasts * REQUESTS_SHARE),
    awake: awakeAt(checkpoint, now),
    ...(checkpoint.contact && { contact: contactBy(checkpoint.contact, now) }),
  };
}

/** A token bucket: so many requests could be made at `budgetAt` (ms since the epoch). */
export type TokenBucket = Pick<Checkpoint, 'budget' | 'budgetAt'>;

/** The token bucket as it is now: filled at `checksPerMinute`, holding one minute's worth. */
export function filled(
  { budget, budgetAt }: TokenBucket,
  now: number,
  checksPerMinute: number,
): TokenBucket {
  const elapsed = now - budgetAt;
  // Clocks differ by seconds: without this the time between two of them would fill the bucket twice.
  if (elapsed < 0 && elapsed > -MINUTE) return { budget, budgetAt };
  const gained = (Math.max(0, elapsed) / MINUTE) * checksPerMinute;
  return { budget: Math.min(checksPerMinute, budget + gained), budgetAt: now };
}

/** What the checks of a sweep leave behind, apart from how far it came. */
export interface Checked {
  /** What is left of the budget that the lease took. */
  readonly bucket: TokenBucket;
  readonly pause: Pause | undefined;
  readonly pauseCount: number;
  readonly contact: Contact;
  readonly runLengths: RunLengths | undefined;
}

/** The checkpoint as a sweep leaves it after its checks (`now`: ms since the epoch). */
export function afterChecks(checkpoint: Checkpoint, checked: Checked, now: number): Checkpoint {
  const { bucket, pause, pauseCount, contact, runLengths } = checked;
  return {
    ...omit(checkpoint, 'pause'),
    ...bucket,
    ...(pause && { pause }),
    pauseCount,
    // Nobody else would see the end of an outage that affects nobody any more.
    contact: withoutUnasked(contact, lastAskedFrom(checkpoint)),
    ...(runLengths && { runLengths }),
    lastSweepAt: now,
  };
}

/** Who is pending was asked since then: in the last completed pass, or in the sweep that has completed it. */
function lastAskedFrom({ lastPassStartedAt = 0, leasedAt = 0 }: Checkpoint): number {
  return Math.min(lastPassStartedAt, leasedAt);
}

function awakeAt({ lastSweepAt, leasedAt = 0, pause, awake }: Checkpoint, now: number): number {
  if (lastSweepAt === undefined || (pause && pause.until > now)) return awake;
  // A lease still on record is that of a sweep that died: the clock has run up to it already.
  const lastAwake = Math.max(lastSweepAt, leasedAt);
  const gone = Math.min(MAX_GAP, Math.max(0, now - Math.max(lastAwake, pause?.until ?? 0)));
  // The sweep that ends a pause asks as well as any: without a minute of its own for it, a fault that
  // brings pause after pause would keep overdue jobs pending for days. Pauses of seconds give no more
  // than there was: else sweeps in quick succession would make minutes of them.
  return awake + Math.max(gone, Math.min(MINUTE, Math.max(0, now - lastAwake)));
}

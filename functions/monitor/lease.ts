import { isDeepStrictEqual } from 'node:util';
import { omit } from '../core/objects.ts';
import type { CheckpointStore, TimeSource } from '../core/ports.ts';
import {
  type Checkpoint,
  firstCheckpoint,
  isLeased,
  LEASE,
  takeLease,
} from '../core/sweeps/checkpoint.ts';
import type { Pause } from '../core/sweeps/pause.ts';
import { SECOND } from '../core/time.ts';
import type { SweepPorts } from './context.ts';

/** The most time (ms) for a write of the checkpoint that must be made even when the sweep is over. */
const WRITE_TIME = 5 * SECOND;

/** The right to sweep, and to write the checkpoint. */
export interface Lease {
  /** The checkpoint as the sweep found it. */
  readonly found: Checkpoint;
  /** The checkpoint as it stands now. */
  readonly checkpoint: Checkpoint;
  /** Puts a pause on record at once: should the sweep die, the next one must still respect it. */
  recordPause(pause: Pause): Promise<void>;
  /** Writes the result and lets go. @returns false when somebody else has written since */
  release(result: Checkpoint): Promise<boolean>;
}

/**
 * Takes the lease.
 *
 * @param lasts how long (ms) it is held at most; as long as a function may run by default
 * @returns undefined when another sweep holds it, or was quicker
 */
export async function acquireLease(
  { checkpoints, time, log }: SweepPorts,
  checksPerMinute: number,
  lasts = LEASE,
): Promise<Lease | undefined> {
  const until = time.now() + lasts;
  const read = await checkpoints.read();
  // By the time before a slow read, a lease that was taken during it may seem too far ahead to be one.
  const now = time.now();
  const found = read ?? firstCheckpoint(now, checksPerMinute);
  if (isLeased(found, now)) return undefined;
  let checkpoint = takeLease(found, now, Math.max(0, until - now));
  if (!(await checkpoints.write(checkpoint))) return undefined;

  let latestPause: Pause | undefined;
  let writing: Promise<boolean> = Promise.resolve(true);
  /** One write at a time, each on the version that the one before it made. */
  function write(change: (from: Checkpoint) => Checkpoint): Promise<boolean> {
    // A write that failed was its own caller's trouble; the next one must be made all the same.
    writing = writing
      .catch(() => false)
      .then(async () => {
        const next = { ...change(checkpoint), version: checkpoint.version + 1 };
        const isWritten = await isOnRecord(checkpoints, next, time);
        if (isWritten) checkpoint = next;
        return isWritten;
      });
    return writing;
  }

  return {
    found,
    get checkpoint() {
      return checkpoint;
    },
    async recordPause(pause) {
      latestPause = pause;
      try {
        // It may have to wait for another write; by then a longer pause may have been called for.
        await write((from) => ({ ...from, pause: latestPause ?? pause }));
      } catch (error) {
        log.error('A pause could not be put on record before the end of the sweep', { error });
      }
    },
    release: (result) => write(() => omit(result, 'leaseUntil', 'leasedAt')),
  };
}

/**
 * Writes a checkpoint, and looks again when the answer says no or does not come: an answer may be
 * lost, and then everything after it would build on a version that is no longer there.
 */
async function isOnRecord(
  checkpoints: CheckpointStore,
  next: Checkpoint,
  time: TimeSource,
): Promise<boolean> {
  const stands = async () =>
    isDeepStrictEqual(await checkpoints.read(time.timeout(WRITE_TIME)), next);
  try {
    return (await checkpoints.write(next, time.timeout(WRITE_TIME))) || (await stands());
  } catch (error) {
    if (await stands()) return true;
    throw error;
  }
}

import type { WatchedJob } from '../../functions/core/jobs/job.ts';
import { MINUTE } from '../../functions/core/time.ts';
import type { Random } from '../../test/simulation/random.ts';
import type { Lengths, Workload } from './workloads.ts';

/** A job in the simulation. Times are ms. */
export interface SimulatedJob extends WatchedJob {
  /** Where it is in key order. */
  readonly slot: number;
  readonly endsAt: number;
  /** When it was last checked, or else registered. */
  checkedAt: number;
}

/** All jobs under watch. */
export interface Population {
  /** By slot, which is in key order; undefined where there is none. */
  readonly slots: readonly (SimulatedJob | undefined)[];
  /** The most jobs that were under watch at a time: those that run, and those not found out about. */
  readonly peak: number;
  /** Registers whatever is to be registered by then (ms). */
  registerUntil(now: number, onRegistered: (job: SimulatedJob) => void): void;
  /** Its end is known: it is watched no more. */
  remove(job: SimulatedJob): void;
}

/**
 * Jobs that come and go: they are registered at random times, as many in a minute as it takes for
 * `running` runs to be under way. It begins at time 0 as if that had gone on for ever.
 */
export function createPopulation(
  workload: Workload,
  { sorted, mean }: Lengths,
  running: number,
  random: Random,
): Population {
  // Those that have ended and are not yet known to have need room too.
  const slots: (SimulatedJob | undefined)[] = new Array(4 * running + 100).fill(undefined);
  const free = slots.map((_, slot) => slot);
  const interval = (mean / running) * MINUTE;
  let nextAt = wait(random, interval);
  let peak = 0;

  function add(registeredAt: number, minutes: number): SimulatedJob {
    const slot = takeOne(free, random);
    const job = {
      slot,
      jobId: jobIdOf(slot, random),
      state: 'Running',
      version: 1,
      registeredAt,
      timeoutAt: Number.POSITIVE_INFINITY,
      endsAt: registeredAt + minutes * MINUTE,
      checkedAt: Math.max(0, registeredAt),
    };
    slots[slot] = job;
    peak = Math.max(peak, slots.length - free.length);
    return job;
  }

  const underWay = Array.from({ length: running }, () => lengthUnderWay(sorted, random));
  for (const minutes of underWay) add(-random.next() * minutes * MINUTE, minutes);
  return {
    slots,
    get peak() {
      return peak;
    },
    registerUntil(now, onRegistered) {
      for (; nextAt <= now; nextAt += wait(random, interval)) {
        onRegistered(add(nextAt, workload.lengthOf(random)));
      }
    },
    remove({ slot }) {
      slots[slot] = undefined;
      free.push(slot);
    },
  };
}

/** The slot of a job id. */
export function slotOf(jobId: string): number {
  return Number.parseInt(jobId.slice(0, 8), 16);
}

/** Sorts by slot; the rest is as random as that of a UUID. */
function jobIdOf(slot: number, random: Random): string {
  const hex = (digits: number, value: number) => value.toString(16).padStart(digits, '0');
  return `${hex(8, slot)}-${hex(8, Math.floor(random.next() * 2 ** 32))}`;
}

function takeOne(free: number[], random: Random): number {
  const last = free.pop();
  if (last === undefined) {
    throw new Error('Jobs come faster than the budget finds out about their ends: lower the load.');
  }
  const at = random.integer(0, free.length);
  const taken = free[at] ?? last;
  if (at < free.length) free[at] = last;
  return taken;
}

function wait(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/** The length (minutes) of a run that is under way: long ones are the more frequent for being long. */
export function lengthUnderWay(sorted: Float64Array, random: Random): number {
  const longest = sorted.at(-1) ?? 0;
  for (;;) {
    const minutes = sorted[random.integer(0, sorted.length - 1)] ?? 0;
    if (random.chance(minutes / longest)) return minutes;
  }
}

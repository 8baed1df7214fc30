import { DAY, MINUTE } from '../../../functions/core/time.ts';
import type { Random } from '../random.ts';
import type { Request } from './job-plan.ts';

/**
 * Three months later, when the records of the jobs expire one after the other, callers come back with
 * the same job ids. ms since the epoch.
 */
export interface Comeback {
  readonly from: number;
  readonly until: number;
}

/** For how long (ms) a job that has ended stays on record. */
const RETENTION = 90 * DAY;

/** A comeback to jobs that have ended within the first hours after `start` (ms since the epoch). */
export function comebackTo(random: Random, start: number): Comeback {
  const from = start + RETENTION + random.integer(-10, 60) * MINUTE;
  return { from, until: from + 30 * MINUTE };
}

/** What callers ask for about one job when they come back. */
export function laterStill(random: Random, { from, until }: Comeback): Request[] {
  const count = random.chance(0.5) ? random.integer(1, 2) : 0;
  return Array.from({ length: count }, () => ({
    at: random.integer(from, until),
    kind: random.chance(0.8) ? ('register' as const) : ('cancel' as const),
    timeoutMinutes: random.integer(20, 60),
  }));
}

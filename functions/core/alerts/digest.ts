import type { Job, WatchedJob } from '../jobs/job.ts';
import {
  type EndedRun,
  type Figures,
  figuresByGroup,
  figuresOf,
  totalOf,
} from '../statistics/figures.ts';
import { isPendingJob, type PendingEntry } from '../sweeps/schedule.ts';
import { lastingTroubles, type Trouble, type Troubles } from '../sweeps/troubles.ts';
import type { DigestPeriod } from './digest-schedule.ts';

/** Everything a digest may speak of. */
export interface Digest extends DigestPeriod {
  /** Of the runs that ended. */
  readonly figures: Figures;
  /** There were more of them than are counted. */
  readonly isPartial: boolean;
  /** The first of those that did not succeed, `Failed` before others. */
  readonly failures: readonly Job[];
  /** How many jobs are pending, and whether there are more than are counted. */
  readonly pending: number;
  readonly pendingIsPartial: boolean;
  /** How many of them are late, and those for the longest. */
  readonly late: number;
  readonly latest: readonly WatchedJob[];
  /** When it was made (ms since the epoch): who is pending, and late, by then. */
  readonly madeAt: number;
  /** What keeps it from being seen how runs end. */
  readonly hiding: readonly Trouble[];
  /** In which people are told times; an IANA name. @default 'UTC' */
  readonly timeZone?: string;
  /** Where people find the page, with a slash at its end; absent where nobody can. */
  readonly pageUrl?: string;
}

/** As many as a digest tells one by one. */
const SHOWN_FAILURES = 12;
const SHOWN_LATE = 5;

/** How a run ended when nobody need be told why. */
const NO_FAILURES: ReadonlySet<string> = new Set(['Succeeded', 'Cancelled']);

/** Under which nobody sees how runs end. */
const HIDING = ['CredentialsRefused', 'UpstreamDown', 'UpstreamFault', 'RateLimited'] as const;

/** What of the troubles on record keeps it from being seen how runs end. */
export function hidingTroubles(troubles: Troubles = {}, lastSweepAt = 0): readonly Trouble[] {
  return lastingTroubles(HIDING, troubles, lastSweepAt);
}

/** Adds up the runs of a digest, in a memory that does not grow with their number. */
export interface DigestCounts {
  addEnded(run: EndedRun): void;
  addPending(entry: PendingEntry): void;
  /** The ids of the failures that are told one by one. */
  failures(): readonly string[];
  counts(): Pick<Digest, 'figures' | 'pending' | 'late' | 'latest'>;
}

/** No runs yet. */
export function digestCounts(): DigestCounts {
  const figures = figuresByGroup();
  const failed: string[] = [];
  const others: string[] = [];
  let latest: WatchedJob[] = [];
  let pending = 0;
  let late = 0;
  return {
    addEnded(run) {
      figures.add(null, figuresOf(run));
      const first = run.state === 'Failed' ? failed : others;
      if (!NO_FAILURES.has(run.state) && first.length < SHOWN_FAILURES) first.push(run.jobId);
    },
    addPending(entry) {
      if (!isPendingJob(entry)) return;
      pending += 1;
      if (!isLate(entry)) return;
      late += 1;
      latest = [...latest, entry].sort(byBegin).slice(0, SHOWN_LATE);
    },
    failures: () => [...failed, ...others].slice(0, SHOWN_FAILURES),
    counts: () => ({ figures: totalOf(figures.grouped()), pending, late, latest }),
  };
}

/** Somebody was told that it is still pending, or its time is up. */
function isLate({ remindedAt, overdueSince }: WatchedJob): boolean {
  return remindedAt !== undefined || overdueSince !== undefined;
}

function byBegin(one: WatchedJob, other: WatchedJob): number {
  return beginOf(one) - beginOf(other);
}

/** When a run began, as far as that is known (ms since the epoch). */
export function beginOf({ startedAt, registeredAt }: WatchedJob): number {
  return startedAt ?? registeredAt;
}

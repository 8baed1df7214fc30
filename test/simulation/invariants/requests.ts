import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { valuesOf } from './checks.ts';
import type { ByKind, HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for the requests that sweeps make. */
export const requestInvariants: readonly Invariant[] = [
  { name: 'no request leaves while a pause is on record', watch: pausesKept },
  { name: 'no request leaves before upstream wants it after a 429', watch: retryAfterKept },
  { name: 'no sweep makes more requests than its budget', watch: sweepBudgetKept },
  { name: 'all sweeps together keep the rate, in whatever time', watch: rateKept },
  { name: 'no sweep checks a job twice', watch: checkedOnce },
  { name: 'no run is asked about before it wants to be', watch: ownTimesKept },
];

/** Calls for each request that leaves, with what it is for. */
export function onRequest<Result>(
  see: (request: { readonly by: Invocation; readonly about: string }) => Result,
): Pick<ByKind<Result>, 'Asked' | 'ListAsked' | 'NameAsked'> {
  return {
    Asked: ({ by, jobId }) => see({ by, about: `job ${jobId}` }),
    ListAsked: ({ by, iModelId }) => see({ by, about: `the runs of iModel ${iModelId}` }),
    NameAsked: ({ by, id }) => see({ by, about: `the name of ${id}` }),
  };
}

/** Whether a write of the checkpoint takes the lease. */
export function isLease(before: Checkpoint | undefined, after: Checkpoint): boolean {
  return after.leaseUntil !== undefined && after.leaseUntil !== before?.leaseUntil;
}

function pausesKept(world: WorldView): Watcher {
  const found = new Map<Invocation, Checkpoint | undefined>();
  return {
    note: {
      CheckpointWritten({ by, before, after }) {
        if (isLease(before, after)) found.set(by, before);
      },
    },
    judge: onRequest(({ by, about }) => {
      const pause = found.get(by)?.pause;
      if (!pause || pause.until <= by.time.now()) return;
      const { reason, credentials, until } = pause;
      if (reason === 'CredentialsRefused' && credentials !== world.credentialsVersion()) return;
      return `${by.name} asked about ${about} in a pause until ${isoTime(until)}`;
    }),
  };
}

/** Since when a run, or a list, is limited, as its record says, and how long a sweep may go by that. */
interface KnownLimit {
  readonly limitedAt: number;
  until: number;
}

/**
 * Which limits may be one run's, or one list's, own: those that it met twice in a row, as far as its record
 * says, while another was answered in between. Requests for others need not wait for such a one.
 */
function createOwnLimits({ plan, now }: WorldView) {
  const limits = new Map<string, KnownLimit[]>();
  let aliveAt = 0;
  return {
    note(id: string, limitedAt: number | undefined): void {
      const known = (limits.get(id) ?? []).filter(({ until }) => now() < until);
      const last = known.at(-1);
      if (last?.limitedAt === limitedAt) return;
      // A sweep goes by the index, which lags, as it read it when it began.
      if (last) last.until = Math.min(last.until, now() + plan.indexLag + MINUTE);
      if (limitedAt !== undefined) known.push({ limitedAt, until: Number.POSITIVE_INFINITY });
      limits.set(id, known);
    },
    noteAlive({ by, answer }: HappeningOf<'Answered' | 'ListAnswered'>): void {
      const isAlive = answer && ['Status', 'Pending', 'Page'].includes(answer.kind);
      if (isAlive) aliveAt = Math.max(aliveAt, by.time.now());
    },
    isOwn(id: string): boolean {
      const known = limits.get(id) ?? [];
      return known.some(({ limitedAt, until }) => now() < until && limitedAt < aliveAt);
    },
  };
}

/**
 * A sweep knows of a 429 that it met itself, or that an earlier one met and then wrote something. One
 * that a run, or a list, has for itself holds up no other.
 */
function retryAfterKept(world: WorldView): Watcher {
  const met = new Map<Invocation, { readonly at: number; readonly until: number }[]>();
  const known = new Map<Invocation, number>();
  const ownLimits = createOwnLimits(world);
  let onRecord = 0;

  function meet(by: Invocation, { retryAt }: { readonly retryAt: number }): void {
    met.set(by, [...(met.get(by) ?? []), { at: world.now(), until: retryAt }]);
  }

  return {
    note: {
      JobWritten: ({ after: { jobId, limitedAt } }) => ownLimits.note(jobId, limitedAt),
      IModelWritten: ({ after }) => after && ownLimits.note(after.iModelId, after.limitedAt),
      Answered(answered) {
        ownLimits.noteAlive(answered);
        const { by, jobId, answer } = answered;
        if (answer?.kind === 'RateLimited' && !ownLimits.isOwn(jobId)) meet(by, answer);
      },
      ListAnswered(answered) {
        ownLimits.noteAlive(answered);
        const { by, asked, answer } = answered;
        if (answer?.kind === 'RateLimited' && !ownLimits.isOwn(asked.iModelId)) meet(by, answer);
      },
      NameAnswered({ by, answer }) {
        if (answer.kind === 'RateLimited') meet(by, answer);
      },
      CheckpointWritten({ by, before, after, sentAt }) {
        if (isLease(before, after)) known.set(by, onRecord);
        // Over by the clock of a sweep that is over too: a slower clock cannot bring it back.
        const isOver = onRecord <= by.time.now() && after.pause === undefined;
        if (isOver && after.leaseUntil === undefined) onRecord = 0;
        for (const { at, until } of met.get(by) ?? []) {
          // Limits that differ by less than a second are one to the sweep, and one write.
          if (at < sentAt) onRecord = Math.max(onRecord, until - SECOND);
        }
      },
    },
    judge: onRequest(({ by, about }) => {
      const own = met.get(by) ?? [];
      const until = Math.max(known.get(by) ?? 0, ...own.map((limit) => limit.until));
      if (until <= by.time.now()) return;
      return `${by.name} asked about ${about} before ${isoTime(until)}`;
    }),
  };
}

function sweepBudgetKept({ plan }: WorldView): Watcher {
  const asked = new Map<Invocation, number>();
  return {
    judge: onRequest(({ by }) => {
      const count = (asked.get(by) ?? 0) + 1;
      asked.set(by, count);
      return count > plan.checksPerMinute ? `${by.name} made ${count} requests` : undefined;
    }),
  };
}

/**
 * In any t minutes at most (t + 1) times the budget: what is in a bucket that leaks at the budget's rate
 * is no more than one minute's. Some may be on their way for long, from a process that was frozen at that.
 */
function rateKept({ plan, now }: WorldView): Watcher {
  const { checksPerMinute, rates, skew } = plan;
  const underWay = (rates['slow call'] > 0 ? 15 * SECOND : 0) + 2 * skew + SECOND;
  const slack = underWay + (rates['process frozen'] > 0 ? 2 * MINUTE : 0);
  const most = checksPerMinute * (1 + slack / MINUTE);
  let level = 0;
  let at = plan.start;
  return {
    judge: onRequest(() => {
      level = Math.max(0, level - ((now() - at) / MINUTE) * checksPerMinute) + 1;
      at = now();
      return level > most
        ? `${level} requests were made at once where ${most} are allowed`
        : undefined;
    }),
  };
}

/**
 * Refusals and broken connections may be followed by a second try; an observation may not. A job that a
 * list has just been found to show stands at two places of the index for as long as that lags.
 */
function checkedOnce({ plan, now }: WorldView): Watcher {
  const observed = new Map<Invocation, Set<string>>();
  const movedAt = new Map<string, number>();
  return {
    note: {
      JobWritten({ before, after }) {
        if (before && before.iModelId !== after.iModelId) movedAt.set(after.jobId, now());
      },
    },
    judge: {
      Answered({ by, jobId, answer }) {
        if (!OBSERVATIONS.has(answer?.kind)) return;
        if (now() - (movedAt.get(jobId) ?? 0) < plan.indexLag + MINUTE) return;
        const jobIds = valuesOf(observed, by);
        if (jobIds.has(jobId)) return `${by.name} checked job ${jobId} twice`;
        jobIds.add(jobId);
        return undefined;
      },
    },
  };
}

const OBSERVATIONS: ReadonlySet<string | undefined> = new Set([
  'Status',
  'Pending',
  'Missing',
  'Failed',
]);

/** By the index, which lags; a sweep reads it when it has its lease, or later. */
function ownTimesKept({ plan, now }: WorldView): Watcher {
  const leasedAt = new Map<Invocation, number>();
  const ownTimes = new Map<string, { readonly until: number; readonly knownFrom: number }>();
  return {
    note: {
      CheckpointWritten({ by, before, after }) {
        if (isLease(before, after)) leasedAt.set(by, now());
      },
      JobWritten({ after: { jobId, notBefore } }) {
        if (notBefore === undefined) ownTimes.delete(jobId);
        else ownTimes.set(jobId, { until: notBefore, knownFrom: now() + plan.indexLag });
      },
    },
    judge: {
      Asked({ by, jobId }) {
        const { until, knownFrom } = ownTimes.get(jobId) ?? { until: 0, knownFrom: 0 };
        const isKnown = knownFrom < (leasedAt.get(by) ?? 0);
        if (!isKnown || until <= by.time.now()) return;
        return `${by.name} asked about job ${jobId}, which wants none before ${isoTime(until)}`;
      },
    },
  };
}

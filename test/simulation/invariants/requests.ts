import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for the requests that sweeps make. */
export const requestInvariants: readonly Invariant[] = [
  { name: 'no request leaves while a pause is on record', watch: pausesKept },
  { name: 'no request leaves before upstream wants it after a 429', watch: retryAfterKept },
  { name: 'no sweep makes more requests than its budget', watch: sweepBudgetKept },
  { name: 'all sweeps together keep the rate', watch: rateKept },
  { name: 'no sweep checks a job twice', watch: checkedOnce },
];

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
    judge: {
      Asked({ by, jobId }) {
        const pause = found.get(by)?.pause;
        if (!pause || pause.until <= by.time.now()) return;
        const { reason, credentials, until } = pause;
        if (reason === 'CredentialsRefused' && credentials !== world.credentialsVersion()) return;
        return `${by.name} asked about job ${jobId} in a pause until ${isoTime(until)}`;
      },
    },
  };
}

/** A sweep knows of a 429 that it met itself, or that an earlier one met and then wrote something. */
function retryAfterKept(world: WorldView): Watcher {
  const met = new Map<Invocation, { readonly at: number; readonly until: number }[]>();
  const known = new Map<Invocation, number>();
  let onRecord = 0;
  return {
    note: {
      Answered({ by, answer }) {
        if (answer?.kind !== 'RateLimited') return;
        met.set(by, [...(met.get(by) ?? []), { at: world.now(), until: answer.retryAt }]);
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
    judge: {
      Asked({ by, jobId }) {
        const own = met.get(by) ?? [];
        const until = Math.max(known.get(by) ?? 0, ...own.map((limit) => limit.until));
        if (until <= by.time.now()) return;
        return `${by.name} asked about job ${jobId} before ${isoTime(until)}`;
      },
    },
  };
}

function sweepBudgetKept({ plan }: WorldView): Watcher {
  const asked = new Map<Invocation, number>();
  return {
    judge: {
      Asked({ by }) {
        const count = (asked.get(by) ?? 0) + 1;
        asked.set(by, count);
        return count > plan.checksPerMinute ? `${by.name} made ${count} requests` : undefined;
      },
    },
  };
}

function rateKept({ plan, now }: WorldView): Watcher {
  let count = 0;
  return {
    judge: {
      Asked() {
        count += 1;
        const minutes = (now() - plan.start + 2 * plan.skew) / MINUTE;
        const limit = plan.checksPerMinute * (minutes + 1);
        return count > limit ? `${count} requests were made where ${limit} are allowed` : undefined;
      },
    },
  };
}

/** Refusals and broken connections may be followed by a second try; an observation may not. */
function checkedOnce(): Watcher {
  const observed = new Map<Invocation, Set<string>>();
  return {
    judge: {
      Answered({ by, jobId, answer }) {
        if (!OBSERVATIONS.has(answer?.kind)) return;
        const jobIds = observed.get(by) ?? new Set();
        if (jobIds.has(jobId)) return `${by.name} checked job ${jobId} twice`;
        observed.set(by, jobIds.add(jobId));
        return undefined;
      },
    },
  };
}

const OBSERVATIONS: ReadonlySet<string | undefined> = new Set(['Status', 'Missing', 'Failed']);

import type { Checkpoint } from '../../../functions/core/checkpoint.ts';
import { isoTime, MINUTE, SECOND } from '../../../functions/core/durations.ts';
import type { Happening } from '../happenings.ts';
import type { Invocation } from '../invocation.ts';
import type { Invariant, WorldView } from './invariant.ts';

/** What must hold for the requests that sweeps make. */
export const requestInvariants: readonly Invariant[] = [
  { name: 'no request leaves while a pause is on record', watch: pausesKept },
  { name: 'no request leaves before upstream wants it after a 429', watch: retryAfterKept },
  { name: 'no sweep makes more requests than its budget', watch: sweepBudgetKept },
  { name: 'all sweeps together keep the rate', watch: rateKept },
];

/** Whether a write of the checkpoint takes the lease. */
export function isLease(before: Checkpoint | undefined, after: Checkpoint): boolean {
  return after.leaseUntil !== undefined && after.leaseUntil !== before?.leaseUntil;
}

function pausesKept(world: WorldView) {
  const found = new WeakMap<Invocation, Checkpoint | undefined>();
  return {
    see(happening: Happening): string | undefined {
      const { by, kind } = happening;
      if (kind === 'CheckpointWritten' && isLease(happening.before, happening.after)) {
        found.set(by, happening.before);
      }
      const pause = found.get(by)?.pause;
      if (kind !== 'Asked' || !pause || pause.until <= by.time.now()) return;
      const isOver =
        pause.reason === 'CredentialsRefused' && pause.credentials !== world.credentialsVersion();
      if (isOver) return;
      return `${by.name} asked about job ${happening.jobId} in a pause until ${isoTime(pause.until)}`;
    },
  };
}

/** A sweep knows of a 429 that it met itself, or that an earlier one met and then wrote something. */
function retryAfterKept(world: WorldView) {
  const met = new WeakMap<Invocation, { readonly at: number; readonly until: number }[]>();
  const known = new WeakMap<Invocation, number>();
  let onRecord = 0;
  return {
    see(happening: Happening): string | undefined {
      const { by, kind } = happening;
      const own = met.get(by) ?? [];
      if (kind === 'Answered' && happening.answer?.kind === 'RateLimited') {
        met.set(by, [...own, { at: world.now(), until: happening.answer.retryAt }]);
      }
      if (kind === 'CheckpointWritten') {
        if (isLease(happening.before, happening.after)) known.set(by, onRecord);
        // Limits that differ by less than a second are one to the sweep, and one write.
        const sent = own
          .filter(({ at }) => at < happening.sentAt)
          .map(({ until }) => until - SECOND);
        onRecord = Math.max(onRecord, ...sent);
      }
      if (kind !== 'Asked') return;
      const until = Math.max(known.get(by) ?? 0, ...own.map((limit) => limit.until));
      if (until <= by.time.now()) return;
      return `${by.name} asked about job ${happening.jobId} before ${isoTime(until)}`;
    },
  };
}

function sweepBudgetKept({ plan }: WorldView) {
  const asked = new WeakMap<Invocation, number>();
  return {
    see({ kind, by }: Happening): string | undefined {
      if (kind !== 'Asked') return;
      const count = (asked.get(by) ?? 0) + 1;
      asked.set(by, count);
      return count > plan.checksPerMinute ? `${by.name} made ${count} requests` : undefined;
    },
  };
}

function rateKept({ plan, now }: WorldView) {
  let count = 0;
  return {
    see({ kind }: Happening): string | undefined {
      if (kind !== 'Asked') return;
      count += 1;
      const minutes = (now() - plan.start + 2 * plan.skew) / MINUTE;
      const limit = plan.checksPerMinute * (minutes + 1);
      return count > limit ? `${count} requests were made where ${limit} are allowed` : undefined;
    },
  };
}

import { SECOND } from '../../../functions/core/time.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';
import { isLease } from './requests.ts';

/** What must hold for the clock by which jobs are tried on past their time. */
export const clockInvariants: readonly Invariant[] = [
  { name: 'the awake clock does not run ahead of time', watch: neverAhead },
];

function neverAhead({ plan, now }: WorldView): Watcher {
  let first: { readonly at: number; readonly awake: number } | undefined;
  return {
    judge: {
      CheckpointWritten({ before, after }) {
        if (!isLease(before, after) || plan.skew >= SECOND) return;
        first ??= { at: now(), awake: after.awake };
        const ahead = after.awake - first.awake - (now() - first.at) - 2 * plan.skew;
        return ahead > SECOND ? `it is ahead by ${ahead} ms` : undefined;
      },
    },
  };
}

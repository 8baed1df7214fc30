import { isTerminal } from '../../../functions/core/jobs/states.ts';
import { SECOND } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { idOf } from './alerts.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for how long people wait for an alert that a sweep has put on record. */
export const alertWaitInvariants: readonly Invariant[] = [
  {
    name: 'no alert waits for its logs, and what it takes to read them, for more than 5 s',
    watch: soonSent,
  },
];

/** The most time (ms) to explain an alert, as the documents promise. */
const TIME_TO_EXPLAIN = 5 * SECOND;
/** What the calls before and after that take where none of them is slow (ms). */
const SLACK = SECOND;

/** An alert that a sweep owes. */
interface Owed {
  readonly by: Invocation;
  /** ms since the epoch. */
  readonly at: number;
}

function soonSent(world: WorldView): Watcher {
  const owed = new Map<string, Owed>();
  return {
    note: {
      JobWritten({ by, before, after }) {
        const isEnd = before?.state !== after.state && isTerminal(after.state);
        if (!isEnd || by.kind === 'api') return;
        owed.set(idOf(after), { by, at: world.now() });
      },
    },
    judge: {
      AlertSent({ by, id }) {
        const known = owed.get(id);
        owed.delete(id);
        // What one sweep could not tell the next does, some time.
        if (!known || known.by !== by) return;
        // A process may have been frozen before, and be so yet.
        const waited = world.now() - known.at - by.delay();
        return waited > TIME_TO_EXPLAIN + SLACK ? `${id} waited for ${waited} ms` : undefined;
      },
    },
  };
}

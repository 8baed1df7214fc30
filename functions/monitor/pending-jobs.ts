import type { WatchedJob } from '../core/job.ts';
import type { RequestGate } from './request-gate.ts';
import type { SettledKeys } from './settled-keys.ts';
import type { SweepContext } from './sweep-context.ts';

/** Jobs read at a time: a page stays well under the 1 MB that one query may return. */
const PAGE_SIZE = 500;

/** What is needed to walk through pending jobs. */
export interface PendingJobsParts {
  /** The walk goes on after this key; undefined: from the first. */
  readonly after: string | undefined;
  readonly gate: RequestGate;
  /** Gets to know each key that the walk comes to. */
  readonly keys: SettledKeys;
}

/** The pending jobs of a walk, in key order, each once. */
export interface PendingJobs {
  /**
   * Those that the gate admits a request for; goes on where it stopped.
   *
   * @param leave so much of the budget is left alone
   */
  admitted(leave: number): AsyncGenerator<WatchedJob>;
  /** Whether the last pending job was reached. */
  readonly isExhausted: boolean;
}

/** The pending jobs for one walk. */
export function createPendingJobs(
  { jobs, signal }: SweepContext,
  { after, gate, keys }: PendingJobsParts,
): PendingJobs {
  let isExhausted = false;
  const source = pages();
  let upcoming: IteratorResult<WatchedJob> | undefined;

  async function* pages(): AsyncGenerator<WatchedJob> {
    let last = after;
    do {
      // One more than may be asked about tells whether the budget's last job is the pass's last.
      const limit = Math.min(PAGE_SIZE, Math.floor(gate.left) + 1);
      const page = await jobs.pendingPage(last, limit, signal);
      yield* page.items;
      last = page.last;
    } while (last !== undefined);
    isExhausted = true;
  }

  return {
    async *admitted(leave) {
      for (;;) {
        upcoming ??= await source.next();
        if (upcoming.done || gate.left - leave < 1 || !gate.admit()) return;
        const job = upcoming.value;
        upcoming = undefined;
        keys.begin(job.jobId);
        yield job;
      }
    },
    get isExhausted() {
      return isExhausted;
    },
  };
}

import type { WatchedJob } from '../core/job.ts';
import { type PassPlan, type Visit, visitOf } from '../core/schedule.ts';
import type { RequestGate } from './request-gate.ts';
import type { SettledKeys } from './settled-keys.ts';
import type { SweepContext } from './sweep-context.ts';

/** Jobs read at a time: a page stays well under the 1 MB that one query may return. */
const PAGE_SIZE = 500;

/** What is needed to walk through pending jobs. */
export interface PendingJobsParts {
  readonly gate: RequestGate;
  /** Gets to know each key that the walk comes to. */
  readonly keys: SettledKeys;
}

/** Which of the pending jobs a walk comes by, in which pass. */
export interface Stretch {
  readonly plan: PassPlan;
  /** The walk goes on after this key; undefined: from the first. */
  readonly after: string | undefined;
  /** It ends with this key; undefined: with the last. */
  readonly until: string | undefined;
}

/** The pending jobs of a walk, in key order, each once. */
export interface PendingJobs {
  /**
   * Those whose turn it is and that the gate admits a request for; goes on where it stopped. The
   * others are settled without a check, and cost no more than the reading of their index entry.
   *
   * @param leave so much of the budget is left alone
   */
  admitted(leave: number): AsyncGenerator<WatchedJob>;
  /** What it has come by so far. */
  readonly visits: readonly Visit[];
  /** Whether the last pending job was reached. */
  readonly isExhausted: boolean;
}

/** The pending jobs for one walk. */
export function createPendingJobs(
  { jobs, signal, startedAt }: SweepContext,
  { gate, keys }: PendingJobsParts,
  { plan, after, until }: Stretch,
): PendingJobs {
  const visits: Visit[] = [];
  let isExhausted = false;
  const source = pages();
  let upcoming: IteratorResult<WatchedJob> | undefined;

  async function* pages(): AsyncGenerator<WatchedJob> {
    let last = after;
    do {
      // One more than may be asked about tells whether the budget's last job is the pass's last.
      const limit = Math.ceil((Math.floor(gate.left) + 1) * plan.jobsPerCheck);
      const page = await jobs.pendingPage(last, Math.min(PAGE_SIZE, limit), signal);
      for (const job of page.items) {
        if (until !== undefined && job.jobId > until) return;
        yield job;
      }
      last = page.last;
    } while (last !== undefined);
    isExhausted = true;
  }

  return {
    async *admitted(leave) {
      for (;;) {
        upcoming ??= await source.next();
        if (upcoming.done) return;
        const job = upcoming.value;
        const visit = visitOf(job, plan, startedAt);
        if (visit.isDue && (gate.left - leave < 1 || !gate.admit())) return;
        upcoming = undefined;
        visits.push(visit);
        keys.begin(job.jobId);
        if (visit.isDue) yield job;
        else keys.settle(job.jobId);
      }
    },
    visits,
    get isExhausted() {
      return isExhausted;
    },
  };
}

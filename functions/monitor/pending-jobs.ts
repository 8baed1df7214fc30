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
  const pages = readPages();
  let page: readonly WatchedJob[] = [];
  /** How many jobs of the page it has come by. */
  let at = 0;

  async function* readPages(): AsyncGenerator<readonly WatchedJob[]> {
    let last = after;
    do {
      // One more than may be asked about tells whether the budget's last job is the pass's last.
      const limit = Math.ceil((Math.floor(gate.left) + 1) * plan.jobsPerCheck);
      const read = await jobs.pendingPage(last, Math.min(PAGE_SIZE, limit), signal);
      const end = read.items.findIndex(({ jobId }) => until !== undefined && jobId > until);
      if (end !== -1) return yield read.items.slice(0, end);
      yield read.items;
      last = read.last;
    } while (last !== undefined);
    isExhausted = true;
  }

  /** The first job of the next page that has any; undefined after the last. */
  async function turnPage(): Promise<WatchedJob | undefined> {
    while (at === page.length) {
      const next = await pages.next();
      if (next.done) return undefined;
      [page, at] = [next.value, 0];
    }
    return page[at];
  }

  return {
    async *admitted(leave) {
      for (;;) {
        const job = page[at] ?? (await turnPage());
        if (job === undefined) return;
        const visit = visitOf(job, plan, startedAt);
        if (visit.isDue && (gate.left - leave < 1 || !gate.admit())) return;
        at += 1;
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

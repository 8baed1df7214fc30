import { KIND_OF_SOURCE } from '../../core/imodels/found-runs.ts';
import { placeOf } from '../../core/jobs/job.ts';
import type { Api, Kind } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import { MAX_WAIT } from '../../core/sweeps/pause.ts';
import {
  isPendingJob,
  type PassPlan,
  type PendingEntry,
  type Turn,
  turnOf,
} from '../../core/sweeps/schedule.ts';
import { isAhead } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Jobs read at a time: a page stays well under the 1 MB that one query may return. */
const PAGE_SIZE = 500;

/** Which of the pending jobs a cursor comes by, in which pass. */
interface CursorRange {
  readonly plan: PassPlan;
  /** It goes on after this key; undefined: from the first. */
  readonly after: string | undefined;
  /** It ends with this key; undefined: with the last. */
  readonly until: string | undefined;
  /** Whose runs and lists it passes by, not done: the next sweep comes to them. */
  readonly isAtFault: (api: Api) => boolean;
}

/** What is due, and its turn. */
export interface Due {
  readonly entry: PendingEntry;
  readonly turn: Turn;
}

/** A way through what is pending of one pass, in key order, each once. */
export interface Cursor {
  /**
   * What is due, each with one request taken from the budget for it; goes on where it stopped. Jobs
   * behind the iModel that they belong to need none: its list may speak of them. Those whose turn it is
   * not are done without a check, and cost no more than to read their index entry.
   *
   * @param reserve so much of the budget is left alone
   */
  due(reserve: number): AsyncGenerator<Due>;
  /** Nothing more is to be done for this key in this pass; a key it never came by is of no account. */
  done(key: string): void;
  /** Every turn it has come by, done or not. */
  readonly turns: readonly Turn[];
  /** How far all is done, whatever order the checks end in. */
  readonly progress: Progress;
  /** Whether the last pending job was reached. */
  readonly isAtEnd: boolean;
}

/** How far a cursor is done. */
interface Progress {
  /** The last key such that every key up to it is done; absent when not one is. */
  readonly last?: string;
  /** The turns up to `last`. */
  readonly done: readonly Turn[];
}

/** A cursor over pending jobs for one sweep. */
export function createCursor(
  { jobs, signal, startedAt }: SweepContext,
  upstream: Upstream,
  { plan, after, until, isAtFault }: CursorRange,
): Cursor {
  const passed = createPassedKeys();
  let isAtEnd = false;
  const pages = readPages();
  let page: readonly PendingEntry[] = [];
  /** How many entries of the page it has come by. */
  let at = 0;
  /** The iModel that it came by last. */
  let listed: string | undefined;

  async function* readPages(): AsyncGenerator<readonly PendingEntry[]> {
    let last = after;
    do {
      // One more than may be asked about tells whether the budget's last job is the pass's last.
      const limit = Math.ceil((Math.floor(upstream.left) + 1) * plan.jobsPerCheck);
      const read = await jobs.pendingPage(last, Math.min(PAGE_SIZE, limit), signal);
      const end = read.items.findIndex((entry) => until !== undefined && placeOf(entry) > until);
      if (end !== -1) return yield read.items.slice(0, end);
      yield read.items;
      last = read.last;
    } while (last !== undefined);
    isAtEnd = true;
  }

  /** The next entry, on a new page where this one is used up; undefined after the last. */
  async function next(): Promise<PendingEntry | undefined> {
    while (at === page.length) {
      const turned = await pages.next();
      if (turned.done) return undefined;
      [page, at] = [turned.value, 0];
    }
    return page[at];
  }

  return {
    async *due(reserve) {
      for (let entry = await next(); entry !== undefined; entry = await next()) {
        const turn = turnFor(entry, plan, startedAt, listed);
        const isPassedBy = turn.isDue && isOfOneOf(entry, isAtFault);
        const isFree = !turn.isDue || turn.isListed || isPassedBy;
        if (!isFree && (upstream.left - reserve < 1 || !upstream.take())) return;
        at += 1;
        // Else a pass would seem whole that has not asked about it.
        passed.add(placeOf(entry), isPassedBy ? { ...turn, isDue: false } : turn);
        if (isPassedBy) continue;
        if (turn.isList && turn.isDue) listed = entry.iModelId;
        // Whoever waits for its own time may owe something, which does not.
        if (turn.isDue || turn.isWaiting) yield { entry, turn };
        else passed.done(placeOf(entry));
      }
    },
    done: passed.done,
    turns: passed.turns,
    get progress() {
      return passed.progress;
    },
    get isAtEnd() {
      return isAtEnd;
    },
  };
}

/** The keys that a cursor has come by, in order, and which of them are done. */
function createPassedKeys() {
  const keys: string[] = [];
  const turns: Turn[] = [];
  const open = new Set<string>();
  let count = 0;
  return {
    turns,
    add(key: string, turn: Turn): void {
      keys.push(key);
      turns.push(turn);
      open.add(key);
    },
    done(key: string): void {
      open.delete(key);
      for (let next = keys[count]; next !== undefined && !open.has(next); next = keys[count])
        count += 1;
    },
    get progress(): Progress {
      const last = keys[count - 1];
      return { ...(last !== undefined && { last }), done: turns.slice(0, count) };
    },
  };
}

/** Whether it is of an API that is such. One of a kind that a later version knows must not end the pass here. */
function isOfOneOf(entry: PendingEntry, isSuch: (api: Api) => boolean): boolean {
  const kind: Kind | undefined = kindOf(
    isPendingJob(entry) ? entry : { kind: KIND_OF_SOURCE[entry.source] },
  );
  return kind !== undefined && isSuch(kind.api);
}

/** @param listed the iModel that the cursor came by last */
function turnFor(entry: PendingEntry, plan: PassPlan, now: number, listed?: string): Turn {
  if (!isPendingJob(entry)) {
    return { ageClass: 0, isDue: !isAhead(entry.notBefore, now, MAX_WAIT), isList: true };
  }
  const turn = turnOf(entry, plan, now);
  const isListed = listed !== undefined && entry.iModelId === listed;
  return isListed ? { ...turn, isDue: true, isListed } : turn;
}

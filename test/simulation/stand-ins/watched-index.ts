import type { JobItem } from '../../../functions/adapters/dynamodb/job-item.ts';
import type { Watch, WatchedJob } from '../../../functions/core/jobs/job.ts';
import type { Page } from '../../../functions/core/ports.ts';

/** The index of watched jobs, which lags behind the table. */
export interface WatchedIndex {
  /** The table has put an item, or deleted it. */
  note(jobId: string, item: JobItem | undefined): void;
  /** A page of one partition, in key order. */
  query(watch: Watch, after: string | undefined, limit: number): Page<Watched>;
}

/** What an index lives in. */
export interface IndexParts {
  /** ms since the epoch. */
  readonly now: () => number;
  /** How long (ms) it takes until the index shows the write that was just made. */
  readonly lag: () => number;
  /** How many keys a query may look at before it has to end its page; undefined: as many as it wants. */
  readonly pageBreak: () => number | undefined;
}

/** What the index holds of a job. */
export type Watched = WatchedJob & { readonly watch: Watch };

/** What the index shows of a job, and from when on; oldest first. */
type Versions = { readonly from: number; readonly entry: Watched | undefined }[];

/** What the deployed index holds of a job. */
const PROJECTED = [
  'jobId',
  'watch',
  'state',
  'version',
  'registeredAt',
  'timeoutAt',
  'remindAt',
  'missing',
  'failedChecks',
  'limitedAt',
  'notBefore',
  'overdueSince',
  'owed',
] as const satisfies readonly (keyof JobItem)[];

/** An empty index. */
export function createWatchedIndex({ now, lag, pageBreak }: IndexParts): WatchedIndex {
  const index = new Map<string, Versions>();
  const keys: string[] = [];

  function current(jobId: string): Watched | undefined {
    const versions = index.get(jobId) ?? [];
    while (versions[1] && versions[1].from <= now()) versions.shift();
    const [first] = versions;
    return first && first.from <= now() ? first.entry : undefined;
  }

  function versionsOf(jobId: string): Versions {
    const known = index.get(jobId);
    if (known) return known;
    const at = keys.findIndex((key) => key > jobId);
    keys.splice(at === -1 ? keys.length : at, 0, jobId);
    const versions: Versions = [];
    index.set(jobId, versions);
    return versions;
  }

  return {
    note(jobId, item) {
      const versions = versionsOf(jobId);
      // What was written later never shows earlier.
      const from = Math.max(now() + lag(), versions.at(-1)?.from ?? 0);
      versions.push({ from, entry: item && projected(item) });
    },
    query(watch, after, limit) {
      const items: Watched[] = [];
      let left = pageBreak() ?? Number.POSITIVE_INFINITY;
      for (const jobId of keys) {
        if (after !== undefined && jobId <= after) continue;
        const entry = current(jobId);
        if (entry?.watch === watch) items.push(entry);
        left -= 1;
        if (items.length === limit || left <= 0) return { items, last: jobId };
      }
      return { items };
    },
  };
}

function projected(item: JobItem): Watched | undefined {
  if (item.watch === undefined) return undefined;
  const entry: Record<string, unknown> = {};
  for (const name of PROJECTED) if (item[name] !== undefined) entry[name] = item[name];
  return entry as unknown as Watched;
}

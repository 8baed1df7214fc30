import type { JobItem } from '../../../functions/adapters/dynamodb/jobs-table.ts';
import { placeOf, type Watch, type WatchedJob } from '../../../functions/core/jobs/job.ts';
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

/** An empty index. */
export function createWatchedIndex({ now, lag, pageBreak }: IndexParts): WatchedIndex {
  const index = new Map<string, Versions>();
  const places = new Map<string, string>();
  const keys: string[] = [];

  function current(place: string): Watched | undefined {
    const versions = index.get(place) ?? [];
    while (versions[1] && versions[1].from <= now()) versions.shift();
    const [first] = versions;
    return first && first.from <= now() ? first.entry : undefined;
  }

  function moved(place: string): void {
    const versions = versionsOf(place);
    versions.push({ from: Math.max(now() + lag(), versions.at(-1)?.from ?? 0), entry: undefined });
  }

  function versionsOf(place: string): Versions {
    const known = index.get(place);
    if (known) return known;
    const at = keys.findIndex((key) => key > place);
    keys.splice(at === -1 ? keys.length : at, 0, place);
    const versions: Versions = [];
    index.set(place, versions);
    return versions;
  }

  return {
    note(jobId, item) {
      const place = item ? placeOf(item) : (places.get(jobId) ?? placeOf({ jobId }));
      const before = places.get(jobId);
      if (before !== undefined && before !== place) moved(before);
      places.set(jobId, place);
      const versions = versionsOf(place);
      // What was written later never shows earlier.
      const from = Math.max(now() + lag(), versions.at(-1)?.from ?? 0);
      versions.push({ from, entry: item && projected(item) });
    },
    query(watch, after, limit) {
      const items: Watched[] = [];
      let left = pageBreak() ?? Number.POSITIVE_INFINITY;
      for (const place of keys) {
        if (after !== undefined && place <= after) continue;
        const entry = current(place);
        if (entry?.watch === watch) items.push(entry);
        left -= 1;
        if (items.length === limit || left <= 0) return { items, last: place };
      }
      return { items };
    },
  };
}

function projected({ watch, indexed }: JobItem): Watched | undefined {
  return watch && { ...indexed, watch };
}

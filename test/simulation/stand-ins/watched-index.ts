import type { Watch } from '../../../functions/core/jobs/job.ts';
import type { Page } from '../../../functions/core/ports.ts';
import type { PendingEntry } from '../../../functions/core/sweeps/schedule.ts';

/** What an item of the table has for the index; a `watch` is its partition, a `place` its key there. */
export interface IndexedItem {
  readonly watch?: Watch;
  readonly place?: string;
  readonly indexed: PendingEntry;
}

/** The index of what is watched, which lags behind the table. */
export interface WatchedIndex {
  /** The table has put an item of this key, or deleted it. */
  note(key: string, item: IndexedItem | undefined): void;
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

/** What the index holds of an item. */
export interface Watched {
  readonly watch: Watch;
  readonly entry: PendingEntry;
}

/** What the index shows at a place, and from when on; oldest first. */
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

  function show(place: string, entry: Watched | undefined): void {
    const versions = versionsOf(place);
    // What was written later never shows earlier.
    versions.push({ from: Math.max(now() + lag(), versions.at(-1)?.from ?? 0), entry });
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
    note(key, item) {
      const before = places.get(key);
      const { watch, place, indexed } = item ?? {};
      if (before !== undefined && before !== place) show(before, undefined);
      if (watch === undefined || place === undefined || indexed === undefined) {
        places.delete(key);
        return;
      }
      places.set(key, place);
      show(place, { watch, entry: indexed });
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

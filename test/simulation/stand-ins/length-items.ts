import type { LengthStore } from '../../../functions/core/ports.ts';
import type { GroupLengths, LengthCounts } from '../../../functions/core/statistics/lengths.ts';
import type { Caller } from '../caller.ts';
import { copyOf } from './copy-of.ts';

/** The lengths of groups among the items of the jobs table. */
export interface LengthItems {
  /** What is on record itself, and no copy. */
  get(group: string): GroupLengths | undefined;
  put(lengths: GroupLengths): boolean;
}

/** @param known what was learned of every group before; absent: nothing */
export function createLengthItems(known?: LengthCounts): LengthItems {
  const items = new Map<string, GroupLengths>();
  const get = (group: string) =>
    items.get(group) ?? (known && { group, version: 1, counts: known, endedAt: 0 });
  return {
    get,
    put(lengths) {
      if ((get(lengths.group)?.version ?? 0) !== lengths.version - 1) return false;
      items.set(lengths.group, copyOf(lengths));
      return true;
    },
  };
}

/** The lengths as one invocation reaches them. */
export function lengthStoreOf(
  items: LengthItems,
  call: Caller,
  onWritten: (before: GroupLengths | undefined, after: GroupLengths) => void,
): LengthStore {
  return {
    get: (group, signal) =>
      call({
        what: `get the lengths of ${group}`,
        to: 'tables',
        signal,
        effect: () => copyOf(items.get(group)),
      }),
    put: (lengths, signal) =>
      call({
        what: `put the lengths of ${lengths.group}`,
        to: 'tables',
        signal,
        effect() {
          const before = items.get(lengths.group);
          const isWritten = items.put(lengths);
          if (isWritten) onWritten(before, lengths);
          return isWritten;
        },
        ifRepeated: false,
      }),
  };
}

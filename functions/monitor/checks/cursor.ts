/** Keeps count of how far a walk is settled, whatever order its checks end in. */
export interface SettledKeys {
  /** The walk has come to this key. */
  begin(key: string): void;
  /** Nothing more is to be done for this key in this pass. */
  settle(key: string): void;
  /** The last key such that every key begun up to it is settled. */
  readonly last: string | undefined;
  /** How many keys there are up to `last`. */
  readonly count: number;
}

/** A walk that has not come to any key yet. */
export function createSettledKeys(): SettledKeys {
  const begun: string[] = [];
  const settled = new Set<string>();
  let count = 0;
  return {
    begin(key) {
      begun.push(key);
    },
    settle(key) {
      settled.add(key);
      for (let next = begun[count]; next !== undefined && settled.delete(next); next = begun[count])
        count += 1;
    },
    get last() {
      return begun[count - 1];
    },
    get count() {
      return count;
    },
  };
}

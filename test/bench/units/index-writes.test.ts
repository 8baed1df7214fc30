import { describe, expect, it } from 'vitest';
import { EntryTooLarge, type Item, indexWrites } from '../../../bench/units/index-writes.ts';
import type { Table } from '../../../local/dynamodb/tables.ts';

/** A table with a sparse index that holds some attributes, and one that holds keys alone. */
const TABLE: Table = {
  name: 'Runs',
  definition: {
    TableName: 'Runs',
    AttributeDefinitions: [],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [{ AttributeName: 'open', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['state'] },
      },
      {
        IndexName: 'byDay',
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  },
};
const RUN: Item = { id: '1', day: 'Monday', open: 'yes', state: 'Queued', note: 'new' };

/** What it takes in the indexes to change the run so. */
const change = (changes: Item) => indexWrites(TABLE, RUN, { ...RUN, ...changes });

describe('a change of an item takes in the indexes', () => {
  it('one unit for each entry that comes or goes', () => {
    expect(indexWrites(TABLE, undefined, RUN)).toBe(2);
    expect(indexWrites(TABLE, RUN, undefined)).toBe(2);
    const { open, ...closed } = RUN;
    expect(indexWrites(TABLE, RUN, closed)).toBe(1);
  });

  it('one for a projected attribute, none for another', () => {
    expect(change({ state: 'Running' })).toBe(1);
    expect(change({ note: 'old' })).toBe(0);
  });

  it('two for a key, since one entry goes and another comes', () => {
    expect(change({ open: 'no' })).toBe(2);
  });
});

it('an entry that may be over 1 KB is not counted as if it were not', () => {
  expect(() => change({ state: 'x'.repeat(1_024) })).toThrow(EntryTooLarge);
});

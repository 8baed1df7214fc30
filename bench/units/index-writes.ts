import { isDeepStrictEqual } from 'node:util';
import type { GlobalSecondaryIndex, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../local/dynamodb/tables.ts';

/** An item as the document client has it. */
export type Item = Readonly<Record<string, unknown>>;

/** An entry may take more than one write unit: to count it, its size would have to be reckoned. */
export class EntryTooLarge extends Error {
  override readonly name = 'EntryTooLarge';
}

/** Bytes that one write unit is good for. */
const UNIT = 1_024;

/**
 * The write units that a change of one item takes in the indexes of its table: one for an entry that
 * comes, goes or changes, two for one that changes its key (the old one is deleted), and none for one
 * that stays as it is.
 *
 * Source: Amazon DynamoDB Developer Guide, "Global secondary indexes", write capacity units.
 *
 * @throws EntryTooLarge
 */
export function indexWrites(
  { definition }: Table,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const tableKey = namesOf(definition.KeySchema);
  return (definition.GlobalSecondaryIndexes ?? [])
    .map((index) => {
      const key = namesOf(index.KeySchema);
      const old = before && entryOf(index, tableKey, before);
      const next = after && entryOf(index, tableKey, after);
      if (isDeepStrictEqual(old, next)) return 0;
      const isMoved = old && next && !isDeepStrictEqual(pickAll(old, key), pickAll(next, key));
      return isMoved ? 2 : 1;
    })
    .reduce<number>((sum, units) => sum + units, 0);
}

/** The key of an item of a table. */
export function keyOf({ definition }: Table, item: Item = {}): Item {
  return pickAll(item, namesOf(definition.KeySchema));
}

/** What an index holds of an item; undefined when it does not hold it. */
function entryOf(
  { KeySchema, Projection }: GlobalSecondaryIndex,
  tableKey: readonly string[],
  item: Item,
): Item | undefined {
  const key = namesOf(KeySchema);
  if (key.some((name) => item[name] === undefined)) return undefined;
  const others = Projection?.NonKeyAttributes ?? [];
  const isWhole = Projection?.ProjectionType === 'ALL';
  const entry = isWhole ? item : pickAll(item, [...tableKey, ...key, ...others]);
  // DynamoDB's own reckoning comes to less: it knows no quotation marks.
  if (Buffer.byteLength(JSON.stringify(entry)) <= UNIT) return entry;
  throw new EntryTooLarge('An index entry may be over 1 KB: count its units before you go on.');
}

function namesOf(schema: readonly KeySchemaElement[] | undefined): string[] {
  return (schema ?? []).map(({ AttributeName }) => String(AttributeName));
}

function pickAll(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { omit } from '../../functions/core/objects.ts';
import type { Table } from './tables.ts';

type Item = Record<string, AttributeValue>;

/** As many items as one BatchWriteItem takes. */
const PAGE_SIZE = 25;

/** What a sweep holds while it runs. None is running: one local run at a time has the tables. */
const LEASE = { table: 'Checkpoint', attribute: 'leaseUntil' } as const;

/** What {@link copyItems} copies. `now`: ms since the epoch. */
export interface CopyOptions {
  readonly from: DynamoDBClient;
  readonly to: DynamoDBClient;
  readonly tables: readonly Table[];
  readonly now: number;
}

/** Copies the items of all tables, without those that have expired and without a sweep's lease. */
export async function copyItems({ from, to, tables, now }: CopyOptions): Promise<void> {
  for (const table of tables) {
    for await (const items of pagesOf(from, table)) {
      const kept = items
        .filter((item) => !isExpired(item, table, now))
        .map((item) => withoutLease(item, table));
      if (kept.length > 0) await putAll(to, table, kept);
    }
  }
}

/** The items of a table; of one that was not there yet when the store was made, none. */
async function* pagesOf(client: DynamoDBClient, { name }: Table): AsyncGenerator<readonly Item[]> {
  try {
    const pages = paginateScan({ client, pageSize: PAGE_SIZE }, { TableName: name });
    for await (const { Items = [] } of pages) yield Items;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

async function putAll(client: DynamoDBClient, { name }: Table, items: readonly Item[]) {
  const puts = items.map((Item) => ({ PutRequest: { Item } }));
  await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
}

function isExpired(item: Item, { ttlAttribute = '' }: Table, now: number): boolean {
  return Number(item[ttlAttribute]?.N) * 1000 < now;
}

function withoutLease(item: Item, { name }: Table): Item {
  return name === LEASE.table ? omit(item, LEASE.attribute) : item;
}

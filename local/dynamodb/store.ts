import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  NumberValue,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { Level } from 'level';
import { type JobItem, toItem, toJob } from '../../functions/adapters/dynamodb/jobs-table.ts';
import { iModelKey } from '../../functions/core/imodels/imodel.ts';
import { omit } from '../../functions/core/objects.ts';
import { type DynaliteServer, startDynalite } from './dynalite-server.ts';
import { createTables, type Table } from './tables.ts';

type Item = Record<string, unknown>;

/** As many items as one BatchWriteItem takes. */
const PAGE_SIZE = 25;

/** What a sweep holds while it runs. None is running: one local run at a time has the tables. */
const LEASE = { table: 'Checkpoint', attribute: 'leaseUntil' } as const;

/** The table whose items have attributes that are computed from the others. */
const JOBS = 'Jobs';

/** Numbers stay as they are, whatever their size. */
const EXACTLY = {
  marshallOptions: { removeUndefinedValues: true },
  unmarshallOptions: {
    wrapNumbers: (text: string) =>
      String(Number(text)) === text ? Number(text) : NumberValue.from(text),
  },
};

/** What {@link startOnDisk} works on. `now`: ms since the epoch. */
interface StoreOptions {
  readonly dataDir: string;
  readonly tables: readonly Table[];
  readonly now: number;
}

/** Another local run keeps its tables in the same folder. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

/**
 * Starts a dynalite on the tables that are kept in a folder, made when it is missing.
 *
 * @throws {DataDirInUse} when another local run keeps its tables there.
 * @throws {StoreUnreadable} when the tables are damaged.
 */
export async function startOnDisk(options: StoreOptions): Promise<DynaliteServer> {
  const unlock = await lockDataDir(options.dataDir);
  try {
    const server = await startDynalite(await rebuildStore(options));
    return { ...server, close: () => server.close().finally(unlock) };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * Takes a folder for this process alone. LevelDB locks what it opens by means of the operating
 * system, so the lock goes with the process, however that ends.
 *
 * @returns what gives the folder back.
 * @throws {DataDirInUse} when somebody else has it.
 */
async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const lock = new Level(join(dataDir, 'lock'));
  try {
    await lock.open();
  } catch (error) {
    if (!isLocked(error)) throw error;
    throw new DataDirInUse(
      `Another local run keeps its tables in ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  return () => lock.close();
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error && error.cause;
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
}

/**
 * Makes a new store from the items of the last one, or an empty one. dynalite writes an item and
 * its index entries one after the other, so a process that was killed may have left them different;
 * a copy of the items alone has them whole again. The last store stays until the new one counts.
 *
 * @returns the folder of the new store.
 * @throws {StoreUnreadable} when the last store cannot be opened.
 */
async function rebuildStore(options: StoreOptions): Promise<string> {
  const { dataDir, tables } = options;
  const last = await lastStore(dataDir);
  const next = last + 1;

  await removeOthers(dataDir, last);
  await withStore(draftFolder(dataDir, next), async (to) => {
    await createTables(to, tables);
    if (last === 0) return;
    await withStore(storeFolder(dataDir, last), (from) => copyItems(from, to, options));
  });
  await commitDraft(dataDir, next);
  await removeOthers(dataDir, next);

  return storeFolder(dataDir, next);
}

async function withStore(
  folder: string,
  use: (client: DynamoDBClient) => Promise<void>,
): Promise<void> {
  const server = await startDynalite(folder);
  try {
    await use(server.client);
  } finally {
    await server.close();
  }
}

/** The folder of a store. */
function storeFolder(dataDir: string, number: number): string {
  return join(dataDir, `tables-${number}`);
}

/** Where a store is built before it counts. */
function draftFolder(dataDir: string, number: number): string {
  return `${storeFolder(dataDir, number)}.new`;
}

/** The number of the store that counts, 0 when there is none. */
async function lastStore(dataDir: string): Promise<number> {
  const names = await readdir(dataDir);
  const numbers = names.map((name) => Number(/^tables-(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Makes a complete and closed draft the store that counts. */
async function commitDraft(dataDir: string, number: number): Promise<void> {
  const draft = draftFolder(dataDir, number);
  for (const name of await readdir(draft)) await flush(join(draft, name));
  await rename(draft, storeFolder(dataDir, number));
}

/** Removes every store and draft but the store of this number. */
async function removeOthers(dataDir: string, number: number): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!/^tables-\d+(\.new)?$/.test(name) || name === `tables-${number}`) continue;
    await rm(join(dataDir, name), { recursive: true });
  }
}

/** Has the operating system write a file out, so that not even a power cut can empty it later. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Copies the items of all tables, without those that have expired and without a sweep's lease. */
async function copyItems(
  oldStore: DynamoDBClient,
  newStore: DynamoDBClient,
  { tables, now }: StoreOptions,
): Promise<void> {
  const from = DynamoDBDocumentClient.from(oldStore, EXACTLY);
  const to = DynamoDBDocumentClient.from(newStore, EXACTLY);
  for (const table of tables) {
    for await (const items of pagesOf(from, table)) {
      const kept = items
        .filter((item) => !isExpired(item, table, now))
        .map((item) => upToDate(withoutLease(item, table), table));
      if (kept.length > 0) await putAll(to, table, kept);
    }
  }
}

/** The items of a table; of one that was not there yet when the store was made, none. */
async function* pagesOf(
  client: DynamoDBDocumentClient,
  { name }: Table,
): AsyncGenerator<readonly Item[]> {
  try {
    const pages = paginateScan({ client, pageSize: PAGE_SIZE }, { TableName: name });
    for await (const { Items = [] } of pages) yield Items;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

async function putAll(client: DynamoDBDocumentClient, { name }: Table, items: readonly Item[]) {
  const puts = items.map((Item) => ({ PutRequest: { Item } }));
  await client.send(new BatchWriteCommand({ RequestItems: { [name]: puts } }));
}

function isExpired(item: Item, { ttlAttribute = '' }: Table, now: number): boolean {
  return Number(item[ttlAttribute]) * 1000 < now;
}

function withoutLease(item: Item, { name }: Table): Item {
  return name === LEASE.table ? omit(item, LEASE.attribute) : item;
}

/**
 * An item with what this version computes from it: without, a job that an earlier version wrote would
 * be in none of the indexes.
 */
function upToDate(item: Item, { name }: Table): Item {
  if (name !== JOBS || String(item.jobId).startsWith(iModelKey(''))) return item;
  return { ...toItem(toJob(item as unknown as JobItem)) };
}

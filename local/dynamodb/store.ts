/**
 * The tables on disk: a folder that one process has for itself, and in it the stores of dynalite.
 *
 * Stores are numbered folders (`tables-1`, `tables-2`) and the highest number counts. A store gets its
 * number by one rename when it is complete, so the process may be killed at any point. The one before
 * it stays, in case somebody damages the newest.
 */
import { mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Level } from 'level';
import { omit } from '../../functions/core/objects.ts';
import { codeOf } from '../files.ts';
import {
  type DynaliteOptions,
  type DynaliteServer,
  roomOn,
  startDynalite,
} from './dynalite-server.ts';
import {
  checkStore,
  filesOfStore,
  marker,
  StoreUnreadable,
  unreadable,
  writeSums,
} from './integrity.ts';
import { createTables, type Item, type Table, upToDate } from './tables.ts';

/** As many items as one BatchWriteItem takes. */
const PAGE_SIZE = 25;

/** What a sweep holds while it runs. None is running: one local run at a time has the tables. */
const LEASE = { table: 'Checkpoint', attribute: 'leaseUntil' } as const;

/** What {@link startOnDisk} works on. `now`: ms since the epoch. */
interface StoreOptions extends Pick<DynaliteOptions, 'socket' | 'room'> {
  readonly dataDir: string;
  readonly tables: readonly Table[];
  readonly now: number;
}

/** There is no room for the tables. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
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
 * @throws {DiskFull} when there is no room for another copy of them.
 */
export async function startOnDisk(options: StoreOptions): Promise<DynaliteServer> {
  const { dataDir, room = roomOn } = options;
  await mkdir(dataDir, { recursive: true });
  if (room(dataDir) <= 0) {
    throw new DiskFull(`The disk is full that ${dataDir} is on. Make room, then start again.`);
  }
  const unlock = await lockDataDir(dataDir);
  try {
    const path = await rebuildStore(options);
    const { socket } = options;
    const mark = marker(path);
    const server = await startDynalite({ path, socket, room, onWritten: mark });
    await mark();
    await writeSums(path);
    const close = async () => {
      await server.close();
      await writeSums(path);
    };
    return { ...server, close: () => close().finally(unlock) };
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
    if (isLocked(error)) {
      throw new DataDirInUse(
        `Another local run keeps its tables in ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
        { cause: error },
      );
    }
    const folder = join(dataDir, 'lock');
    throw new StoreUnreadable(`${folder} cannot be used. Nothing is kept in it: delete it.`, {
      cause: error,
    });
  }
  return () => lock.close();
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === 'LEVEL_LOCKED';
}

/**
 * Makes a new store from the items of the last one, or an empty one. dynalite writes an item and
 * its index entries one after the other, so a process that was killed may have left them different;
 * a copy of the items alone has them whole again. The last store stays beside the new one.
 *
 * @returns the folder of the new store.
 */
async function rebuildStore(options: StoreOptions): Promise<string> {
  const { dataDir, tables, socket, room } = options;
  const last = await lastStore(dataDir);
  const next = last + 1;
  const draft = `${storeFolder(dataDir, next)}.new`;

  await removeStores(dataDir, /^tables-\d+\.new$/);
  if ((await readdir(dataDir)).includes(basename(draft))) {
    throw unreadable(draft, 'There are files in it that are not its own');
  }
  const to = await startDynalite({ path: draft, socket, room });
  try {
    await createTables(to.client, tables);
    if (last > 0) await copyStore(storeFolder(dataDir, last), to.client, options);
  } finally {
    await to.close();
  }
  // So that not even a power cut can empty the new store after it counts.
  for (const name of await readdir(draft)) await flush(join(draft, name));
  await rename(draft, storeFolder(dataDir, next));
  // Nor take its number away again, and with it what is written from now on.
  await flush(dataDir);
  await removeStores(dataDir, new RegExp(`^tables-(?!(${last}|${next})$)\\d+$`));
  return storeFolder(dataDir, next);
}

/** The folder of a store. */
function storeFolder(dataDir: string, number: number): string {
  return join(dataDir, `tables-${number}`);
}

/** The number of the store that counts, 0 when there is none. */
async function lastStore(dataDir: string): Promise<number> {
  const names = await readdir(dataDir);
  const numbers = names.map((name) => Number(/^tables-(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/**
 * Removes the stores of such names, as far as they are nothing but that: file by file, through no
 * link. What somebody else put there stays.
 */
async function removeStores(dataDir: string, named: RegExp): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!named.test(name)) continue;
    const folder = join(dataDir, name);
    const files = await filesOfStore(folder);
    if (files === undefined) continue;
    for (const file of files) await unlink(join(folder, file));
    await rmdir(folder);
  }
}

/** Has the operating system write a file, or the names in a folder, out. */
async function flush(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Copies all items of a store, read without dynalite, which ends the process when it cannot read. */
async function copyStore(folder: string, to: DynamoDBClient, options: StoreOptions): Promise<void> {
  await checkStore(folder);
  const from = new Level<string, Item>(folder, { valueEncoding: 'json', createIfMissing: false });
  try {
    await from.open();
    await copyItems(from, to, options);
  } catch (cause) {
    throw codeOf(cause).startsWith('LEVEL_') ? unreadable(folder, 'It is damaged', cause) : cause;
  } finally {
    await from.close();
  }
}

/** Copies the items of all tables, without those that have expired and without a sweep's lease. */
async function copyItems(
  from: Level<string, Item>,
  to: DynamoDBClient,
  { tables, now }: StoreOptions,
): Promise<void> {
  for (const table of tables) {
    // Where dynalite keeps the items of a table. One that the store does not have yet has none.
    const prefix = `item-${table.name}~`;
    const values = from.values({ gte: prefix, lt: `${prefix}\xff` });
    for (;;) {
      const items = await values.nextv(PAGE_SIZE);
      if (items.length === 0) break;
      const kept = items
        .filter((item) => !isExpired(item, table, now))
        .map((item) => upToDate(withoutLease(item, table), table));
      if (kept.length > 0) await putAll(to, table, kept);
    }
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

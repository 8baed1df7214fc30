import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { copyItems } from './copy-items.ts';
import { createTables } from './create-tables.ts';
import { startDynalite } from './dynalite-server.ts';
import { commitDraft, draftFolder, lastStore, removeOthers, storeFolder } from './store-folders.ts';
import type { Table } from './tables.ts';

/** What {@link rebuildStore} works on. `now`: ms since the epoch. */
export interface RebuildOptions {
  readonly dataDir: string;
  readonly tables: readonly Table[];
  readonly now: number;
}

/**
 * Makes a new store from the items of the last one, or an empty one. dynalite writes an item and
 * its index entries one after the other, so a process that was killed may have left them different;
 * a copy of the items alone has them whole again. The last store stays until the new one counts.
 *
 * @returns the folder of the new store.
 * @throws {StoreUnreadable} when the last store cannot be opened.
 */
export async function rebuildStore({ dataDir, tables, now }: RebuildOptions): Promise<string> {
  const last = await lastStore(dataDir);
  const next = last + 1;

  await removeOthers(dataDir, last);
  await withStore(draftFolder(dataDir, next), async (to) => {
    await createTables(to, tables);
    if (last === 0) return;
    const copy = (from: DynamoDBClient) => copyItems({ from, to, tables, now });
    await withStore(storeFolder(dataDir, last), copy);
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

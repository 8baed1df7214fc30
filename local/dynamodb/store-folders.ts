import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

// Stores are numbered folders (`tables-1`, `tables-2`) and the highest number counts. A store gets
// its number by one rename when it is complete, so the process may be killed at any point.

/** The folder of a store. */
export function storeFolder(dataDir: string, number: number): string {
  return join(dataDir, `tables-${number}`);
}

/** Where a store is built before it counts. */
export function draftFolder(dataDir: string, number: number): string {
  return `${storeFolder(dataDir, number)}.new`;
}

/** The number of the store that counts, 0 when there is none. */
export async function lastStore(dataDir: string): Promise<number> {
  const names = await readdir(dataDir);
  const numbers = names.map((name) => Number(/^tables-(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Makes a complete and closed draft the store that counts. */
export async function commitDraft(dataDir: string, number: number): Promise<void> {
  const draft = draftFolder(dataDir, number);
  for (const name of await readdir(draft)) await flush(join(draft, name));
  await rename(draft, storeFolder(dataDir, number));
}

/** Removes every store and draft but the store of this number. */
export async function removeOthers(dataDir: string, number: number): Promise<void> {
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

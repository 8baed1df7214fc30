import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CorruptFile } from '../json-lines.ts';
import { parseJson } from './message-texts.ts';
import type { KeptSubscription } from './people.ts';

const keptSubscriptions = z.array(
  z.object({
    protocol: z.string(),
    endpoint: z.string(),
    attributes: z.record(z.string(), z.string()),
    isConfirmed: z.boolean(),
  }),
);

/** Where subscriptions are kept from one run to the next. */
interface SubscriptionFile {
  /** As the last run left them. */
  readonly kept: readonly KeptSubscription[];
  /** Resolves once these, and no others, are on the disk. Calls must not overlap. */
  save(subscriptions: readonly KeptSubscription[]): Promise<void>;
}

/**
 * Opens `subscriptions.json` in `dataDir`, which is made when missing. Without `dataDir` subscriptions
 * end with the process.
 *
 * @throws {CorruptFile} the file was changed by something else
 */
export async function openSubscriptionFile(dataDir: string | undefined): Promise<SubscriptionFile> {
  if (dataDir === undefined) return { kept: [], save: async () => {} };
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'subscriptions.json');
  const kept = await read(path);
  let saved = JSON.stringify(kept);
  return {
    kept,
    async save(subscriptions) {
      const text = JSON.stringify(subscriptions);
      if (text === saved) return;
      await replace(path, text);
      saved = text;
    },
  };
}

async function read(path: string): Promise<readonly KeptSubscription[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  const { data, error } = keptSubscriptions.safeParse(parseJson(text));
  if (data !== undefined) return data;
  throw new CorruptFile(`${path} does not hold subscriptions. Mend it, or move the file away.`, {
    cause: error,
  });
}

/** A process that is killed meanwhile leaves the file as it was, or as it is to be. */
async function replace(path: string, text: string): Promise<void> {
  const draft = await open(`${path}.new`, 'w');
  try {
    await draft.writeFile(text);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new`, path);
}

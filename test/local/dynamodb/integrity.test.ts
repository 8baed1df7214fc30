import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  cp,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { roomOn } from '../../../local/dynamodb/dynalite-server.ts';
import { startEmbeddedDynamoDb } from '../../../local/dynamodb/embedded-dynamodb.ts';
import { marker, StoreUnreadable } from '../../../local/dynamodb/integrity.ts';
import { DiskFull } from '../../../local/dynamodb/store.ts';
import { synthesisOfStack } from '../../../local/synthesis.ts';
import { itemsOf, pendingJob } from './jobs.ts';

const { template } = await synthesisOfStack();
let temporary: string;
/** Versions of jobs that were acknowledged, by their ids. */
const kept = new Map<string, number>();

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'integrity-'));
  await writeAndStop(join(temporary, 'closed'));
  await writeAndKill(join(temporary, 'killed'));
});
afterAll(() => rm(temporary, { recursive: true }));

/** Two starts, so that there are a table, a log and an older store; ended in good order. */
async function writeAndStop(dataDir: string): Promise<void> {
  for (const job of ['first', 'second']) {
    const db = await startEmbeddedDynamoDb({ template, dataDir });
    await db.client.send(new PutItemCommand({ TableName: 'Jobs', Item: pendingJob(job) }));
    await db.close();
  }
}

/** The same, ended by a kill under load. */
async function writeAndKill(dataDir: string): Promise<void> {
  await writeAndStop(dataDir);
  const program = fileURLToPath(new URL('./write-load.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(template));
  for await (const line of createInterface({ input: child.stdout })) {
    const [jobId = '', version] = line.split(' ');
    kept.set(jobId, Number(version));
    if (kept.size === 60) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Starts on a copy that was damaged: what is lost of what was acknowledged, or why it does not start. */
async function startDamaged(
  origin: 'closed' | 'killed',
  damage: (store: string) => Promise<void>,
): Promise<readonly string[] | Error> {
  const dataDir = await mkdtemp(join(temporary, 'copy-'));
  await cp(join(temporary, origin), dataDir, { recursive: true });
  const names = (await readdir(dataDir)).filter((name) => name.startsWith('tables-')).sort();
  await damage(join(dataDir, names.at(-1) ?? ''));
  try {
    const db = await startEmbeddedDynamoDb({ template, dataDir });
    const versions = new Map(
      (await itemsOf(db.client, 'Jobs')).map(({ jobId, version }) => [
        jobId?.S,
        Number(version?.N),
      ]),
    );
    await db.close();
    const jobs = [...(origin === 'killed' ? kept : []), ['first', 1], ['second', 1]] as const;
    return jobs.flatMap(([id, version]) => ((versions.get(id) ?? 0) < version ? [id] : []));
  } catch (error) {
    return error as Error;
  }
}

const flip = (place: number) => async (path: string) => {
  const file = await readFile(path);
  const at = Math.floor(file.length * place);
  file[at] = (file[at] ?? 0) ^ 0x10;
  await writeFile(path, file);
};

const DAMAGES = {
  deleted: (path: string) => rm(path),
  emptied: (path: string) => truncate(path),
  'cut in half': async (path: string) => truncate(path, (await readFile(path)).length >> 1),
  'cut by 10 bytes': async (path: string) =>
    truncate(path, Math.max(0, (await readFile(path)).length - 10)),
  'altered near its start': flip(0.1),
  'altered in its middle': flip(0.5),
  'altered near its end': flip(0.9),
  'made a link': async (path: string) => {
    await rename(path, join(temporary, 'elsewhere'));
    await symlink(join(temporary, 'elsewhere'), path);
  },
} as const;

const FILES = ['CURRENT', 'MANIFEST', 'ldb', 'log', 'WRITTEN', 'SUMS'] as const;

describe.each(['closed', 'killed'] as const)('a store that was %s', (origin) => {
  it('and not damaged starts, with all that was acknowledged', async () => {
    expect(await startDamaged(origin, async () => undefined)).toEqual([]);
  });

  it.each(FILES)(
    'loses nothing in silence when its %s is damaged in any way',
    async (file) => {
      for (const [name, damage] of Object.entries(DAMAGES)) {
        const outcome = await startDamaged(origin, async (store) => {
          const names = (await readdir(store)).filter((each) => each.includes(file));
          await damage(join(store, names.find((each) => each === file) ?? names.at(-1) ?? ''));
        });
        if (outcome instanceof Error) {
          expect(outcome, name).toBeInstanceOf(StoreUnreadable);
          expect(outcome.message, name).toMatch(
            /tables-\d+ cannot be used: .+\. Move it elsewhere/,
          );
        } else {
          expect(outcome, name).toEqual([]);
        }
      }
    },
    120_000,
  );
});

it.each([
  ['a folder with somebody else’s things in it', (store: string) => mkdir(join(store, 'photos'))],
  [
    'a file',
    async (store: string) => {
      await rm(store, { recursive: true });
      await writeFile(store, 'a letter');
    },
  ],
  [
    'a link to a folder',
    async (store: string) => {
      await rename(store, join(temporary, 'moved'));
      await symlink(join(temporary, 'moved'), store);
    },
  ],
])('%s in place of a store is refused, and left alone', async (_, replace) => {
  expect(await startDamaged('closed', replace)).toBeInstanceOf(StoreUnreadable);
});

it('goes on with the store before when the newest was moved away, as the error says', async () => {
  const outcome = await startDamaged('closed', (store) => rm(store, { recursive: true }));
  expect(outcome).toEqual(['second']);
});

it('a full disk takes no write and loses none: it is told, and writes go on when there is room', async () => {
  const dataDir = join(temporary, 'full');
  let room = 1;
  const db = await startEmbeddedDynamoDb({ template, dataDir, room: () => room });
  const put = (id: string) =>
    db.client.send(new PutItemCommand({ TableName: 'Jobs', Item: pendingJob(id) }));
  await put('before');
  room = 0;
  await expect(put('meanwhile')).rejects.toThrow(/^The disk is full that .+ is on\. Make room/);
  expect(await itemsOf(db.client, 'Jobs')).toHaveLength(1);
  await expect(
    startEmbeddedDynamoDb({ template, dataDir: join(temporary, 'other'), room: () => 0 }),
  ).rejects.toThrow(DiskFull);
  room = 1;
  await put('after');
  await db.close();
  const again = await startEmbeddedDynamoDb({ template, dataDir });
  expect(await itemsOf(again.client, 'Jobs')).toHaveLength(2);
  await again.close();
});

it.runIf(process.platform === 'linux')('takes no disk for full that does not tell its size', () => {
  expect(roomOn('/proc')).toBeGreaterThan(0);
});

/** Has something done before a log is written out, and counts how often one is. */
async function beforeSyncs(doFirst: (log: FileHandle) => Promise<void>) {
  const any = await open(temporary);
  const prototype: FileHandle = Object.getPrototypeOf(any);
  await any.close();
  const { datasync } = prototype;
  return vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: FileHandle) {
    await doFirst(this);
    await datasync.call(this);
  });
}

const markIn = async (store: string) => (await readFile(join(store, 'WRITTEN'), 'utf8')).trim();

describe('a write that is answered', () => {
  it('is on the disk, by a sync that it shares with those of the same time, and then marked', async () => {
    const dataDir = join(temporary, 'shared');
    const db = await startEmbeddedDynamoDb({ template, dataDir });
    const store = join(dataDir, 'tables-1');
    const sizes: number[] = [];
    const marked: number[] = [];
    const sizeMarked = async () => Number((await markIn(store)).split(' ').at(-1));
    const syncs = await beforeSyncs(async (log) => {
      marked.push(await sizeMarked());
      sizes.push((await log.stat()).size);
    });
    const jobs = Array.from({ length: 200 }, (_, index) => pendingJob(`job-${index}`));
    await Promise.all(
      jobs.map((Item) => db.client.send(new PutItemCommand({ TableName: 'Jobs', Item }))),
    );
    expect(syncs.mock.calls.length).toBeGreaterThan(0);
    expect(syncs.mock.calls.length).toBeLessThan(jobs.length / 2);
    const [, ...later] = [...marked, await sizeMarked()];
    for (const [index, size] of later.entries())
      expect(size).toBeLessThanOrEqual(sizes[index] ?? 0);
    await db.close();
    expect(await sizeMarked()).toBe(sizes.at(-1));
  });

  it('is marked no further than the log was before the disk took it', async () => {
    const store = join(temporary, 'growing');
    await mkdir(store);
    await writeFile(join(store, '9.log'), 'merged soon, and written out meanwhile');
    await writeFile(join(store, '10.log'), 'written');
    // As a log looks that is merged into a table after the folder was read.
    await symlink(join(store, 'gone'), join(store, '8.log'));
    const syncs = await beforeSyncs(async (log) => {
      const isNewest = (await log.stat()).size === 'written'.length;
      if (isNewest) await appendFile(join(store, '10.log'), ', and more');
    });
    await marker(store)();
    expect(await markIn(store)).toBe(`10.log ${'written'.length}`);
    expect(syncs).toHaveBeenCalledTimes(2);
  });
});

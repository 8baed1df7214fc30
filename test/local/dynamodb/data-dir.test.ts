import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Level } from 'level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedDynamoDb } from '../../../local/dynamodb/embedded-dynamodb.ts';
import { StoreUnreadable } from '../../../local/dynamodb/integrity.ts';
import { DataDirInUse } from '../../../local/dynamodb/store.ts';
import { synthesisOfStack } from '../../../local/synthesis.ts';
import { type Item, itemsOf, pendingJob, plainJob, watchedJobs } from './jobs.ts';

const NOW = Date.parse('2026-02-01T00:00:00Z');

const { template } = await synthesisOfStack();
let temporary: string;
let dataDir: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'data-dir-test-'));
  dataDir = temporary;
});

afterEach(() => rm(temporary, { recursive: true }));

/** Does something with a local run's DynamoDB, from its start to its end. */
async function run<T>(use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const db = await startEmbeddedDynamoDb({ template, dataDir, now: () => NOW });
  const client = new DynamoDBClient({
    endpoint: db.url,
    region: 'local',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
    await db.close();
  }
}

const put = (TableName: string, ...items: readonly Item[]) =>
  run(async (client) => {
    for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }));
  });
const jobs = () => run((client) => itemsOf(client, 'Jobs'));
const versionsOf = (items: readonly Item[]) =>
  new Map(items.map(({ jobId, version }) => [jobId?.S, version?.N]));
/** The versions of jobs as an index has them. */
const indexedVersionsOf = (items: readonly Item[]) =>
  new Map(items.map(({ jobId, indexed }) => [jobId?.S, indexed?.M?.version?.N]));
const jobIds = (items: readonly Item[]) => items.map(({ jobId }) => jobId?.S).sort();

describe('tables kept on disk', () => {
  it('are there again at the next start, every attribute as it was', async () => {
    const job = pendingJob('job-1', {
      size: { N: '12345678901234567890.5' },
      raw: { B: Buffer.of(0, 255) },
    });
    await put('Jobs', job);
    expect(await jobs()).toEqual([{ ...job, raw: { B: Uint8Array.of(0, 255) } }]);
    expect(await jobs()).toHaveLength(1);
  });

  it('are kept whole when there is more than one page of them', async () => {
    const many = Array.from({ length: 120 }, (_, index) => pendingJob(`job-${index}`));
    await put('Jobs', ...many);
    expect(await run(watchedJobs)).toHaveLength(120);
    expect(jobIds(await jobs())).toEqual(jobIds(many));
  });

  it('keep what is no job beside the jobs: watched iModels, lengths of runs', async () => {
    const others = [
      { jobId: { S: 'imodel#5e19bee0' }, watch: { S: 'check' }, place: { S: '5e19bee0#' } },
      { jobId: { S: 'lengths#label#Bridge' }, version: { N: '3' }, endedAt: { N: '1' } },
    ];
    await put('Jobs', ...others);
    expect(await jobs()).toEqual(expect.arrayContaining(others));
    expect(await jobs()).toHaveLength(others.length);
  });

  it('lose the jobs that have expired', async () => {
    const seconds = NOW / 1000;
    await put(
      'Jobs',
      pendingJob('gone', { expiresAt: { N: String(seconds - 1) } }),
      pendingJob('kept', { expiresAt: { N: String(seconds + 1) } }),
      pendingJob('for-good'),
    );
    expect(jobIds(await jobs())).toEqual(['for-good', 'kept']);
  });

  it('lose the lease of a sweep that died, and nothing else of the checkpoint', async () => {
    const checkpoint = { id: { S: 'sweep' }, version: { N: '7' }, after: { S: 'job-1' } };
    await put('Checkpoint', { ...checkpoint, leaseUntil: { N: String(NOW + 60_000) } });
    expect(await run((client) => itemsOf(client, 'Checkpoint'))).toEqual([checkpoint]);
  });

  it('have whole indexes again after items and index entries came apart', async () => {
    await put('Jobs', pendingJob('job-1'), pendingJob('job-2'));
    await damageIndex();
    const watched = await run(watchedJobs);
    expect([...indexedVersionsOf(watched)]).toEqual([
      ['job-1', '1'],
      ['job-2', '1'],
    ]);
  });

  it('have the jobs of an earlier version in the indexes of this one', async () => {
    const old = {
      watch: { S: 'check' },
      month: { S: '2026-01' },
      registeredAtJobId: { S: '2026-01-15T00:00:00.000Z#job-1' },
    };
    const owed = { M: { 'an-alert': { S: 'Ended' } } };
    const ended = { state: { S: 'Failed' }, endedAt: { N: String(Date.UTC(2026, 0, 15, 1)) } };
    await put(
      'Jobs',
      { ...plainJob('job-1'), ...old },
      { ...plainJob('job-2', { ...ended, owed }), ...old, watch: { S: 'alert' } },
      { ...plainJob('job-3', ended), ...old, watch: { S: 'alert' } },
    );
    expect(await run(watchedJobs)).toMatchObject([
      { jobId: { S: 'job-1' }, place: { S: '#job-1' } },
    ]);
    const items = new Map((await jobs()).map((item) => [item.jobId?.S, item]));
    expect(items.get('job-1')).toEqual(pendingJob('job-1'));
    expect(items.get('job-2')).toMatchObject({
      watch: { S: 'alert' },
      place: { S: '#job-2' },
      endMonth: { S: '2026-01' },
      endedAtJobId: { S: '2026-01-15T01:00:00.000Z#job-2' },
      indexed: { M: { owed, ...ended } },
    });
    expect(items.get('job-3')).not.toHaveProperty('watch');
    expect(items.get('job-3')).toHaveProperty('expiresAt');
  });

  it('have a watched iModel as it was', async () => {
    const iModel = {
      jobId: { S: 'imodel#b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843' },
      iModelId: { S: 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843' },
      known: { M: { run: { N: String(NOW) } } },
    };
    await put('Jobs', iModel);
    expect(await jobs()).toEqual([iModel]);
  });

  it('get a table that the stack did not have before', async () => {
    const { Resources } = template;
    const [checkpointId = ''] = Object.keys(Resources).filter((id) => id.includes('Checkpoint'));
    const { [checkpointId]: _later, ...before } = Resources;
    const old = await startEmbeddedDynamoDb({ template: { Resources: before }, dataDir });
    await old.close();
    expect(await run((client) => itemsOf(client, 'Checkpoint'))).toEqual([]);
  });
});

describe('a folder of tables', () => {
  it('belongs to one local run at a time', async () => {
    await run(async () => {
      const error = await failureOf(startEmbeddedDynamoDb({ template, dataDir }));
      expect(error).toBeInstanceOf(DataDirInUse);
      expect(error).toHaveProperty('message', expect.stringContaining('Stop it, or set DATA_DIR'));
    });
  });

  it('is made when it is missing, and free again after the run', async () => {
    dataDir = join(temporary, 'not', 'there');
    await put('Jobs', pendingJob('job-1'));
    expect(await jobs()).toHaveLength(1);
  });

  it('keeps the old store when a start was killed before the new one was complete', async () => {
    await put('Jobs', pendingJob('job-1'));
    await mkdir(join(dataDir, 'tables-2.new'));
    await writeFile(join(dataDir, 'tables-2.new', 'CURRENT'), 'half a store');

    expect(jobIds(await jobs())).toEqual(['job-1']);
    expect(await stores()).toEqual(['tables-1', 'tables-2']);
  });

  it('keeps the new store when a start was killed before older ones were removed, and one old one', async () => {
    await put('Jobs', pendingJob('job-1'));
    await put('Jobs', pendingJob('job-2'));

    expect(await stores()).toEqual(['tables-1', 'tables-2']);
    expect(jobIds(await jobs())).toEqual(['job-1', 'job-2']);
    expect(await stores()).toEqual(['tables-2', 'tables-3']);
  });

  it('keeps what is not a store', async () => {
    await writeFile(join(dataDir, 'tables-1.txt'), 'a note');
    await put('Jobs', pendingJob('job-1'));
    expect(await readdir(dataDir)).toContain('tables-1.txt');
  });

  it('with a damaged store stays as it is, and the error says what to do', async () => {
    await put('Jobs', pendingJob('job-1'));
    await truncate(join(dataDir, 'tables-1', 'CURRENT'));
    const error = await failureOf(jobs());
    expect(error).toBeInstanceOf(StoreUnreadable);
    expect(error).toHaveProperty('message', expect.stringMatching(/tables-1 .* Move it elsewhere/));
    expect(await stores()).toContain('tables-1');

    await rm(join(dataDir, 'tables-1'), { recursive: true });
    expect(await jobs()).toEqual([]);
  });
});

describe('a local run that is killed while it writes', () => {
  it('loses no write that it acknowledged, and comes back with whole indexes', async () => {
    const acknowledged = await writeAndKill(300);
    const [items, watched] = await run(async (client) => [
      await itemsOf(client, 'Jobs'),
      await watchedJobs(client),
    ]);

    const stored = versionsOf(items);
    const lost = acknowledged.filter(
      ({ jobId, version }) => version > Number(stored.get(jobId) ?? 0),
    );
    expect(lost).toEqual([]);
    expect(indexedVersionsOf(watched)).toEqual(stored);
  });
});

/** Runs the write load in a process of its own and kills it after that many acknowledged writes. */
async function writeAndKill(writes: number) {
  const program = fileURLToPath(new URL('./write-load.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  child.stdin.end(JSON.stringify(template));
  const acknowledged: { jobId: string; version: number }[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [jobId = '', version] = line.split(' ');
    acknowledged.push({ jobId, version: Number(version) });
    if (acknowledged.length === writes) child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Leaves the index `watched` with one entry missing, one out of date, and one of no job. */
async function damageIndex(): Promise<void> {
  const store = new Level<string, Item>(join(dataDir, 'tables-1'), { valueEncoding: 'json' });
  const prefix = 'index-global~Jobs~watched~';
  const entries = await store.iterator({ gte: prefix, lt: `${prefix}~` }).all();
  const [first, second] = entries;
  if (!first || !second) throw new Error('The index has no entries to damage.');
  await store.batch([
    { type: 'del', key: first[0] },
    {
      type: 'put',
      key: second[0],
      value: { ...second[1], indexed: { M: { version: { N: '0' } } } },
    },
    { type: 'put', key: `${second[0]}0`, value: { ...second[1], jobId: { S: 'no-job' } } },
  ]);
  await store.close();
}

/** The folders of stores and drafts. */
async function stores(): Promise<string[]> {
  return (await readdir(dataDir)).filter((name) => name.startsWith('tables-'));
}

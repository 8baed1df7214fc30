import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type LocalProcess, startLocalProcess } from './support/local-run.ts';

/** For how long to list; `LIST_MINUTES=10 npx vitest run test/local/memory.test.ts` for a long trial. */
const MINUTES = Number(process.env.LIST_MINUTES ?? 0.05);
const JOBS = 1_000;
const LIMIT_MB = 1_000;

it.runIf(process.platform === 'linux')(
  `a local run stays under 1 GB over ${MINUTES} minutes of listing ${JOBS} jobs`,
  async () => {
    const run = await startLocalProcess({ SWEEP_SECONDS: '5', CHECKS_PER_MINUTE: '5000' });
    for (let batch = 0; batch < JOBS / 100; batch += 1) {
      const jobs = Array.from({ length: 100 }, () => ({ jobId: randomUUID() }));
      expect((await run.post('/jobs/batch', { jobs })).ok).toBe(true);
    }
    const end = Date.now() + MINUTES * 60_000;
    let lists = 0;
    let most = 0;
    while (Date.now() < end) {
      lists += await listAll(run);
      most = Math.max(most, residentMb(run));
    }
    console.info(`${lists} lists, at most ${most} MB`);
    expect(most).toBeLessThan(LIMIT_MB);
  },
  60_000 + MINUTES * 60_000,
);

/** @returns how many requests that took */
async function listAll({ url }: LocalProcess): Promise<number> {
  let cursor: string | null = '';
  let requests = 0;
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page = await fetch(`${url}/jobs?limit=100${query}`);
    ({ cursor } = (await page.json()) as { cursor: string | null });
    requests += 1;
  }
  return requests;
}

/** What the process holds of the machine's memory. */
function residentMb({ pid }: LocalProcess): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_000);
}

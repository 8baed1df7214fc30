import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../../functions/core/durations.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;
let now: number;

beforeAll(async () => {
  api = await startTestApi();
  now = api.clock.now;
});
afterAll(() => api.close());
beforeEach(() => api.forget());

/** Registers a job at a time, in a state. @returns its id */
async function put(registeredAt: number, state?: string): Promise<string> {
  const job = registeredJob(randomUUID(), registeredAt);
  await api.ports.jobs.add(state === undefined ? job : moved(job, state, registeredAt + MINUTE));
  return job.jobId;
}

async function page(query: string) {
  const { status, body } = await api.request('GET', '/jobs', { query });
  expect(status).toBe(200);
  const { jobs, cursor } = body as { jobs: { jobId: string }[]; cursor: string | null };
  return { jobs, jobIds: jobs.map(({ jobId }) => jobId), cursor };
}

/** Follows the cursors to the end. @returns the ids on each page */
async function walk(query: string): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const next = await page(cursor === undefined ? query : `${query}&cursor=${cursor}`);
    pages.push(next.jobIds);
    cursor = next.cursor;
    expect(pages.length).toBeLessThan(20);
  }
  return pages;
}

describe('GET /jobs', () => {
  let newest: string;
  let failed: string;
  let january: string[];
  let lastYear: string;

  beforeAll(async () => {
    // The clock stands at 10 February 2026.
    lastYear = await put(now - 300 * DAY, 'Succeeded');
    january = [await put(now - 20 * DAY), await put(now - 21 * DAY), await put(now - 22 * DAY)];
    failed = await put(now - 2 * MINUTE, 'Failed');
    newest = await put(now - MINUTE);
  });

  it('lists the newest first, across months', async () => {
    const { jobIds } = await page('limit=5');
    expect(jobIds).toEqual([newest, failed, ...january]);
  });

  it('goes on where the cursor says, without a gap or a repeat, until it is null', async () => {
    const pages = await walk('limit=2');
    expect(pages.flat()).toEqual([newest, failed, ...january, lastYear]);
    expect(Math.max(...pages.map((jobIds) => jobIds.length))).toBe(2);
  });

  it('lists only the jobs in one state', async () => {
    expect((await walk('state=Failed')).flat()).toEqual([failed]);
    expect((await walk('state=Registered&limit=1')).flat()).toEqual([newest, ...january]);
    expect((await walk('state=Upstream:Cancelled')).flat()).toEqual([]);
  });

  it('gives the facts about each job, without its history and alerts', async () => {
    const { jobs } = await page('state=Failed');
    expect(jobs).toEqual([
      {
        jobId: failed,
        label: null,
        state: 'Failed',
        reason: 'because of Failed',
        containsIssues: null,
        logsUrl: null,
        registeredAt: '2026-02-10T11:58:00.000Z',
        registeredBy: 'test',
        cancelledBy: null,
        timeoutAt: '2026-02-11T11:58:00.000Z',
        remindAt: null,
        remindedAt: null,
        endedAt: '2026-02-10T11:59:00.000Z',
        missing: null,
        failedChecks: 0,
        lastError: null,
        version: 2,
      },
    ]);
  });

  it('gives all that a small store holds in one page, with no cursor', async () => {
    expect(await page('limit=100')).toMatchObject({
      jobIds: [newest, failed, ...january, lastYear],
      cursor: null,
    });
  });

  it('reads five pages at the most when few jobs match, and says where to go on', async () => {
    api.clock.now = Date.UTC(2029, 5, 1);
    for (let i = 0; i < 7; i += 1) await put(api.clock.now + i);
    const before = api.commands.length;
    const { jobIds, cursor } = await page('limit=1&state=PartiallySucceeded');
    expect(jobIds).toEqual([]);
    expect(cursor).not.toBeNull();
    const queries = api.commands.slice(before).filter((command) => command === 'QueryCommand');
    expect(queries).toHaveLength(5);
    api.clock.now = now;
  });

  it('ends 12 months back', async () => {
    const forgotten = await put(Date.UTC(2025, 0, 31));
    const oldest = await put(Date.UTC(2025, 1, 1));
    const listed = (await walk('limit=100')).flat();
    expect(listed).toContain(oldest);
    expect(listed).not.toContain(forgotten);
  });

  it('gives 20 jobs unless told otherwise', async () => {
    api.clock.now = Date.UTC(2031, 5, 1);
    for (let i = 0; i < 21; i += 1) await put(api.clock.now - i * MINUTE);
    expect((await page('')).jobIds).toHaveLength(20);
    api.clock.now = now;
  });
});

describe('a list with a wrong parameter', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=%201', 'limit'],
    ['limit=', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['state=', 'state'],
    ['state=not%20a%20word', 'state'],
    ['state=Upstream:Queued', 'state'],
    ['state=Queued&state=Running', 'state'],
    ['cursor=', 'cursor'],
    ['cursor=2026-02', 'cursor'],
    ['cursor=%00%ff', 'cursor'],
    [`cursor=${Buffer.from('2026-13').toString('base64url')}`, 'cursor'],
    ['cursor=a&cursor=b', 'cursor'],
    ['page=2', 'page'],
    ['__proto__=1', '__proto__'],
    ['=1', ''],
  ])('is refused for ?%s', async (query, parameter) => {
    expect(await refused(api, 'GET', '/jobs', { query })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter, detail: expect.any(String) }] },
    });
  });
});

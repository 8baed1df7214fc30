import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { encodeCursor } from '../../../../functions/api/routes/job-list.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { createListing, type Listing } from '../support/listing.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;
let listing: Listing;
/** The clock stands at 10 February 2026. */
let now: number;

beforeAll(async () => {
  api = await startTestApi();
  listing = createListing(api);
  now = api.clock.now;
});
afterAll(() => api.close());
beforeEach(() => api.forget());

const isoTime = (time: number) => new Date(time).toISOString();
const list = async (query: string) => (await listing.walk(query)).flat();

describe('GET /jobs with a filter', () => {
  let newest: string;
  let failed: string;
  let january: string[];

  beforeAll(async () => {
    january = [];
    for (const days of [20, 21, 22]) january.push(await listing.put(now - days * DAY));
    failed = await listing.put(now - 2 * MINUTE, 'Failed');
    newest = await listing.put(now - MINUTE);
  });

  it('lists only the jobs that are pending, or only those that have ended', async () => {
    expect(await list('stateGroup=ended')).toEqual([failed]);
    expect(await list('stateGroup=pending&limit=1')).toEqual([newest, ...january]);
    expect(await list('stateGroup=pending&state=Failed')).toEqual([]);
  });

  it('lists the jobs in each of several states', async () => {
    const all = await list('');
    expect(await list('state=Failed&state=Registered')).toEqual(all);
    expect(await list('state=Failed&state=TimedOut')).toEqual([failed]);
  });

  it('lists only the jobs with issues, or only those without', async () => {
    const job = registeredJob(randomUUID(), now - 3 * MINUTE);
    const change = { kind: 'Transition', to: 'Succeeded', containsIssues: true } as const;
    await api.ports.jobs.add(applyChange(job, change, now));
    onTestFinished(() => api.expire(job.jobId));
    expect(await list('containsIssues=true')).toEqual([job.jobId]);
    expect(await list('containsIssues=false')).toEqual([]);
  });

  it('lists only the jobs registered in a stretch of time: from its start, up to its end', async () => {
    const [first, second, third] = [20, 21, 22].map((days) => isoTime(now - days * DAY));
    expect(await list(`registeredFrom=${second}`)).toEqual([
      newest,
      failed,
      ...january.slice(0, 2),
    ]);
    expect(await list(`registeredBefore=${second}`)).toEqual([january[2]]);
    expect(await list(`registeredFrom=${third}&registeredBefore=${first}&limit=1`)).toEqual(
      january.slice(1),
    );
    expect(await list(`registeredFrom=${first}&registeredBefore=${first}`)).toEqual([]);
    expect(await list(`registeredFrom=${isoTime(now + DAY)}`)).toEqual([]);
    expect(await list('registeredBefore=9999-12-31T23:59:59Z')).toContain(newest);
    expect(await list('registeredBefore=0000-01-01T00:00:00Z')).toEqual([]);
  });

  it('reads only the months that may hold what is asked for', async () => {
    await listing.page('registeredFrom=2026-01-05T00:00:00Z&registeredBefore=2026-01-10T00:00:00Z');
    expect(api.commands).toEqual(['QueryCommand']);
  });

  it('tells of labels that begin in a way, in the same case', async () => {
    const labelled = async (label: string) => {
      const job = { ...registeredJob(randomUUID(), now - 40 * DAY), label };
      await api.ports.jobs.add(job);
      return job.jobId;
    };
    const tower = await labelled('Tower B, nightly');
    const percent = await labelled('100 % мост');
    await labelled('tower b');
    expect(await list('labelPrefix=Tower%20B')).toEqual([tower]);
    expect(await list(`labelPrefix=${encodeURIComponent('100 % мо')}`)).toEqual([percent]);
    expect(await list('labelPrefix=Tower%20C')).toEqual([]);
  });
});

describe('a cursor', () => {
  /** A month of its own for each test: nothing else is listed there. */
  const begin = (month: number) => {
    api.clock.now = Date.UTC(2040, month, 15);
    onTestFinished(() => {
      api.clock.now = now;
    });
    return api.clock.now;
  };
  const within = (time: number) => `limit=2&registeredFrom=${isoTime(time - 10 * DAY)}`;

  it('stays good while jobs come, go and change', async () => {
    const time = begin(3);
    const jobIds: string[] = [];
    for (let i = 0; i < 6; i += 1) jobIds.push(await listing.put(time - i * MINUTE));
    const first = await listing.page(within(time));
    expect(first.jobIds).toEqual(jobIds.slice(0, 2));

    await listing.put(time + MINUTE);
    const [, last = '', ended = ''] = jobIds;
    await api.expire(last);
    const job = await api.ports.jobs.get(ended);
    await api.ports.jobs.update(job as Job, moved(job as Job, 'Failed', time));

    const second = await listing.page(`${within(time)}&cursor=${first.cursor}`);
    expect(second.jobIds).toEqual(jobIds.slice(2, 4));
    const third = await listing.page(`${within(time)}&cursor=${second.cursor}`);
    expect(third.jobIds).toEqual(jobIds.slice(4));
  });

  it('does not leave the time that is asked for, wherever it points', async () => {
    const time = begin(6);
    const jobId = await listing.put(time);
    const cursor = encodeCursor({ month: '2040-08' });
    expect((await listing.page(`${within(time)}&cursor=${cursor}`)).jobIds).toEqual([jobId]);
    const before = isoTime(time);
    const query = `${within(time)}&registeredBefore=${before}&cursor=${cursor}`;
    expect((await listing.page(query)).jobIds).toEqual([]);
  });

  it('that points to the far future costs no more than none', async () => {
    const time = begin(9);
    await listing.page(`${within(time)}&cursor=${encodeCursor({ month: '9999-12' })}`);
    expect(api.commands.length).toBeLessThan(5);
  });
});

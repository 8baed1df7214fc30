import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { cancel, reopen } from '../../../../functions/core/jobs/watch.ts';
import { omit } from '../../../../functions/core/objects.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { jobSummaryBody } from '../support/job-body.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { createListing, type Listing } from '../support/listing.ts';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const RUN = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const USUAL = { runs: 40, median: 12 * MINUTE, p90: 20 * MINUTE, shortBelow: 5 * MINUTE };

let api: TestApi;
let listing: Listing;
let now: number;

beforeAll(async () => {
  api = await startTestApi();
  listing = createListing(api);
  now = api.clock.now;
});
afterAll(() => api.close());
beforeEach(() => api.forget());

describe('GET /jobs', () => {
  let newest: string;
  let failed: string;
  let january: string[];
  let lastYear: string;

  beforeAll(async () => {
    // The clock stands at 10 February 2026.
    lastYear = await listing.put(now - 300 * DAY, 'Succeeded');
    january = [
      await listing.put(now - 20 * DAY),
      await listing.put(now - 21 * DAY),
      await listing.put(now - 22 * DAY),
    ];
    failed = await listing.put(now - 2 * MINUTE, 'Failed');
    newest = await listing.put(now - MINUTE);
  });

  it('lists the newest first, across months', async () => {
    const { jobIds } = await listing.page('limit=5');
    expect(jobIds).toEqual([newest, failed, ...january]);
  });

  it('goes on where the cursor says, without a gap or a repeat, until it is null', async () => {
    const pages = await listing.walk('limit=2');
    expect(pages.flat()).toEqual([newest, failed, ...january, lastYear]);
    expect(Math.max(...pages.map((jobIds) => jobIds.length))).toBe(2);
  });

  it('lists only the jobs in one state', async () => {
    expect((await listing.walk('state=Failed')).flat()).toEqual([failed]);
    expect((await listing.walk('state=Registered&limit=1')).flat()).toEqual([newest, ...january]);
    expect((await listing.walk('state=Upstream:Cancelled')).flat()).toEqual([]);
  });

  it('gives the facts about each job, without its history and alerts', async () => {
    const { jobs } = await listing.page('state=Failed');
    expect(jobs).toEqual([
      jobSummaryBody({
        jobId: failed,
        state: 'Failed',
        reason: 'because of Failed',
        registeredAt: '2026-02-10T11:58:00.000Z',
        registeredBy: 'test',
        timeoutAt: '2026-02-11T11:58:00.000Z',
        endedAt: '2026-02-10T11:59:00.000Z',
        version: 2,
      }),
    ]);
  });

  it('tells of a run that was registered again and again what is told of it alone', async () => {
    api.clock.now = Date.UTC(2027, 5, 1);
    const registration = registeredJob(RUN, api.clock.now - HOUR);
    let job: Job = registration;
    await api.ports.jobs.add(job);
    for (let n = 1; n < 3; n += 1) {
      const registeredAt = registration.registeredAt + n * MINUTE;
      job = cancel(moved(job, 'Queued', registeredAt - 2), registeredAt - 1, 'somebody');
      job = reopen(job, { ...omit(registration, 'state', 'version', 'transitions'), registeredAt });
    }
    const queued = { ...moved(job, 'Queued', api.clock.now - 3 * MINUTE), usual: USUAL };
    const ended = moved(queued, 'Succeeded', api.clock.now - MINUTE);
    for (const [after, facts] of [
      [queued, { probablyUntil: '2027-06-01T00:17:00.000Z', unusual: null }],
      [ended, { probablyUntil: null, unusual: 'Short' }],
    ] as const) {
      await api.ports.jobs.update((await api.ports.jobs.get(RUN)) as Job, after);
      expect(await api.request('GET', `/jobs/${RUN}`)).toMatchObject({ body: facts });
      expect((await listing.page('limit=1')).jobs).toMatchObject([{ jobId: RUN, ...facts }]);
    }
    await api.expire(RUN);
    api.clock.now = now;
  });

  it('gives all that a small store holds in one page, with no cursor', async () => {
    expect(await listing.page('limit=100')).toMatchObject({
      jobIds: [newest, failed, ...january, lastYear],
      cursor: null,
    });
  });

  it('reads five pages at the most when few jobs match, and says where to go on', async () => {
    api.clock.now = Date.UTC(2029, 5, 1);
    for (let i = 0; i < 7; i += 1) await listing.put(api.clock.now + i);
    const before = api.commands.length;
    const { jobIds, cursor } = await listing.page('limit=1&state=PartiallySucceeded');
    expect(jobIds).toEqual([]);
    expect(cursor).not.toBeNull();
    const queries = api.commands.slice(before).filter((command) => command === 'QueryCommand');
    expect(queries).toHaveLength(5);
    api.clock.now = now;
  });

  it('ends 12 months back', async () => {
    const forgotten = await listing.put(Date.UTC(2025, 0, 31));
    const oldest = await listing.put(Date.UTC(2025, 1, 1));
    const listed = (await listing.walk('limit=100')).flat();
    expect(listed).toContain(oldest);
    expect(listed).not.toContain(forgotten);
  });

  it('gives 20 jobs unless told otherwise', async () => {
    api.clock.now = Date.UTC(2031, 5, 1);
    for (let i = 0; i < 21; i += 1) await listing.put(api.clock.now - i * MINUTE);
    expect((await listing.page('')).jobIds).toHaveLength(20);
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
    ['stateGroup=pending&stateGroup=ended', 'stateGroup'],
    ['cursor=', 'cursor'],
    ['cursor=2026-02', 'cursor'],
    ['cursor=%00%ff', 'cursor'],
    [`cursor=${Buffer.from('2026-13').toString('base64url')}`, 'cursor'],
    ['cursor=a&cursor=b', 'cursor'],
    ['stateGroup=terminal', 'stateGroup'],
    ['stateGroup=', 'stateGroup'],
    ['labelPrefix=', 'labelPrefix'],
    [`labelPrefix=${'x'.repeat(101)}`, 'labelPrefix'],
    ['labelPrefix=%00', 'labelPrefix'],
    ['registeredFrom=yesterday', 'registeredFrom'],
    ['registeredFrom=2026-02-30T00:00:00Z', 'registeredFrom'],
    ['registeredFrom=2026-02-10T12:00:00', 'registeredFrom'],
    ['registeredBefore=2026-02-10', 'registeredBefore'],
    ['registeredBefore=2026-02-10T12:00:00%2B02:00', 'registeredBefore'],
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

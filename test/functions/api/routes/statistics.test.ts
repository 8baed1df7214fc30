import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { createStatisticsStore } from '../../../../functions/adapters/dynamodb/statistics.ts';
import type { ApiPorts } from '../../../../functions/api/http/route.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import { uncounted, withRuns } from '../../../../functions/core/statistics/months.ts';
import { DAY, HOUR } from '../../../../functions/core/time.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

/** The API's clock stands at 2026-02-10T12:00:00Z. */
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  const endings: [string, Partial<Job>][] = [
    ['2026-02-10T02:00:00Z', { label: 'Tower B', containsIssues: true }],
    ['2026-02-09T02:00:00Z', { label: 'Tower B', state: 'Failed' }],
    ['2026-02-09T03:00:00Z', { label: 'Tower C', iModelId: IMODEL }],
    ['2026-01-31T23:59:59.999Z', { kind: 'carbon-ec3' }],
    ['2026-01-02T00:00:00Z', { label: 'Tower B', state: 'TimedOut' }],
    ['2026-02-10T02:00:00Z', { label: 'A test', isTest: true }],
  ];
  for (const [n, [endedAt, facts]] of endings.entries()) {
    const job = ended(n, Date.parse(endedAt));
    await api.ports.jobs.add({ ...job, ...facts });
  }
});
afterAll(() => api.close());
beforeEach(() => api.forget());

const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';

function ended(n: number, endedAt: number): Job {
  const jobId = `00000000-0000-4000-8000-00000000000${n}`;
  const registration = {
    jobId,
    registeredAt: endedAt - HOUR,
    registeredBy: 'test',
    timeoutAt: endedAt + DAY,
  };
  return { ...newJob(registration), state: 'Succeeded', endedAt };
}

const groupsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) =>
  (body.groups as { name: string | null; runs: number }[]).map(({ name, runs }) => [name, runs]);

const ask = (query = '', ports: Partial<ApiPorts> = {}) =>
  api.request('GET', '/statistics', { query, ports });

describe('GET /statistics', () => {
  it('tells how the runs of the last 30 days ended, by label unless told otherwise', async () => {
    const answer = await ask();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        from: '2026-01-11T12:00:00.000Z',
        to: '2026-02-10T12:00:00.000Z',
        groupBy: 'label',
        quantileError: 0.091,
        total: {
          runs: 4,
          outcomes: [
            { state: 'Succeeded', runs: 3, share: 0.75 },
            { state: 'Failed', runs: 1, share: 0.25 },
          ],
          withIssues: 1,
          withIssuesShare: 0.25,
          runLength: { known: 0, p50Seconds: null },
        },
        others: null,
      },
    });
    expect(groupsOf(answer)).toEqual([
      ['Tower B', 2],
      [null, 1],
      ['Tower C', 1],
    ]);
  });

  it('reads the index by time of end, a request a month, and no job', async () => {
    await ask();
    expect(api.commands).toEqual(['QueryCommand', 'QueryCommand']);
  });

  it.each([
    [
      'iModel',
      [
        [null, 2],
        [IMODEL, 1],
      ],
    ],
    ['jobKind', [['reporting-extraction', 3]]],
    [
      'state',
      [
        ['Succeeded', 2],
        ['Failed', 1],
      ],
    ],
  ])('groups by %s', async (groupBy, groups) => {
    const from = '2026-02-01T00:00:00Z';
    const answer = await ask(`from=${from}&groupBy=${groupBy}`);
    const sorted = groupsOf(answer).toSorted(([, one], [, other]) => Number(other) - Number(one));
    expect(sorted).toEqual(groups);
  });

  it('is all zeros where nothing ended', async () => {
    const answer = await ask('from=2025-12-01T00:00:00Z&to=2026-01-01T00:00:00Z');
    expect(answer.body).toMatchObject({
      groups: [],
      others: null,
      total: { runs: 0, outcomes: [] },
    });
  });

  it('answers a whole month from what is kept of it, and from nothing else', async () => {
    const run = { jobId: 'long gone', state: 'Failed', label: 'Tower A', runLength: HOUR };
    const figures = withRuns(uncounted('2025-03'), [run], undefined);
    const { keep } = storeOf();
    await keep({ ...figures, after: 'not to its end' });
    const whole = 'from=2025-03-01T00:00:00Z&to=2025-04-01T00:00:00Z';
    expect((await ask(whole)).body.groups).toEqual([]);
    await keep({ ...figures, version: 2 });
    const { body } = await ask(whole);
    expect(body.groups).toMatchObject([{ name: 'Tower A', runs: 1, runLength: { known: 1 } }]);
    const around = 'from=2025-02-01T00:00:00Z';
    expect((await ask(around)).body.total).toMatchObject({ runs: 6 });
  });

  it.each([
    ['from=yesterday', 'from', 'must be a time in UTC'],
    ['groupBy=size', 'groupBy', 'must be one of label, iModel, jobKind, state'],
    ['from=2026-02-10T12:00:00Z', 'from', 'must be before `to`'],
    ['from=2024-02-01T00:00:00Z', 'from', 'at most 24 months'],
    ['from=0000-01-01T00:00:00Z', 'from', 'at most 24 months'],
    ['to=0000-01-01T00:00:00Z', 'to', 'must be later'],
    ['from=2025-03-02T00:00:00Z', 'from', 'must be the beginning of a month'],
    ['from=2025-03-01T00:00:00Z&to=2025-03-02T00:00:00Z', 'to', 'must be the beginning of a month'],
    ['limit=1', 'limit', 'is not known'],
  ])('refuses %s', async (query, parameter, detail) => {
    const { status, body } = await ask(query);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ parameter, detail: expect.stringContaining(detail) }]);
    expect(api.commands).toEqual([]);
  });

  it('is a 503 that says what to do when there are too many runs to count in time', async () => {
    const time = { ...api.ports.time, timeout: () => AbortSignal.abort() };
    const { status, body } = await ask('', { time });
    expect(status).toBe(503);
    expect(body.detail).toContain('Ask for a shorter span');
  });

  it('is a 500 when the table fails otherwise', async () => {
    const statistics = {
      ...api.ports.statistics,
      endedPage: () => Promise.reject(new Error('no')),
    };
    expect((await ask('', { statistics })).status).toBe(500);
  });

  it('counts a run by the label that it has at its end', async () => {
    const jobId = '00000000-0000-4000-8000-00000000000f';
    await api.request('POST', '/jobs', { body: { jobId, label: 'Old name' } });
    await api.request('PATCH', `/jobs/${jobId}`, { body: { label: 'New name' } });
    await api.request('DELETE', `/jobs/${jobId}`);
    api.clock.now += 1;
    const { body } = await ask('from=2026-02-10T12:00:00Z');
    expect(body.groups).toMatchObject([
      { name: 'New name', runs: 1, outcomes: [{ state: 'Cancelled', runs: 1 }] },
    ]);
  });
});

/** The store of the API's own port, which may only read. */
function storeOf() {
  return api.ports.statistics as ReturnType<typeof createStatisticsStore>;
}

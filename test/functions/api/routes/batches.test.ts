import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cancel } from '../../../../functions/core/jobs/watch.ts';
import { SECOND } from '../../../../functions/core/time.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

interface Result {
  readonly status: number;
  readonly job?: { readonly jobId: string };
  readonly problem?: { readonly detail?: string; readonly errors?: readonly object[] };
}

async function send(jobs: readonly unknown[], ports: Partial<TestApi['ports']> = {}) {
  const { status, body } = await api.request('POST', '/jobs/batch', { body: { jobs }, ports });
  expect(status).toBe(200);
  return (body as { results: Result[] }).results;
}

const newJobs = (count: number) => Array.from({ length: count }, () => ({ jobId: randomUUID() }));
const statuses = (results: readonly Result[]) => results.map(({ status }) => status);

describe('POST /jobs/batch', () => {
  it('registers each job, and tells of them in order', async () => {
    const jobs = newJobs(100).map((job, i) => ({ ...job, label: `Run ${i}` }));
    const results = await send(jobs);
    expect(new Set(statuses(results))).toEqual(new Set([201]));
    expect(results.map(({ job }) => job)).toMatchObject(jobs);
    expect(await api.ports.jobs.get(jobs[99]?.jobId ?? '')).toMatchObject({ label: 'Run 99' });
  });

  it('costs a write for each job and no read, and counts each', async () => {
    await send(newJobs(3));
    expect(api.commands).toEqual(Array(3).fill('PutItemCommand'));
    expect(api.counted).toEqual(Array(3).fill('JobsRegistered'));
  });

  it('changes nothing when it is repeated', async () => {
    const jobs = newJobs(3);
    const first = await send(jobs);
    api.forget();
    const again = await send(jobs);
    expect(again).toEqual(first.map((result) => ({ ...result, status: 200 })));
    expect(api.counted).toEqual([]);
  });

  it('gives each job the verdict that it would get alone', async () => {
    const known = registeredJob(randomUUID(), api.clock.now);
    const ended = moved(registeredJob(randomUUID(), api.clock.now), 'Failed', api.clock.now);
    const cancelled = cancel(registeredJob(randomUUID(), api.clock.now), api.clock.now, 'somebody');
    for (const job of [known, ended, cancelled]) await api.ports.jobs.add(job);

    const jobs = [known, ended, cancelled].map(({ jobId }) => ({ jobId }));
    const results = await send([...jobs, { jobId: randomUUID(), timeoutMinutes: 1 }, null]);
    expect(results).toMatchObject([
      { status: 200, job: { state: 'Registered' } },
      { status: 200, job: { state: 'Failed' } },
      { status: 201, job: { state: 'Registered', version: 3 } },
      { status: 400, problem: { errors: [{ pointer: '/jobs/3/timeoutMinutes' }] } },
      { status: 400, problem: { errors: [{ pointer: '/jobs/4' }] } },
    ]);
    expect(api.counted).toEqual(['JobsRegistered']);
  });

  it('registers a job that is there twice once, as its first mention has it', async () => {
    const jobId = randomUUID();
    const wrong = { jobId, label: '' };
    const results = await send([
      wrong,
      { jobId, label: 'first' },
      { jobId: jobId.toUpperCase(), label: 'second' },
    ]);
    expect(results).toMatchObject([
      { status: 400 },
      { status: 201, job: { jobId, label: 'first' } },
      { status: 200, job: { jobId, label: 'first' } },
    ]);
    expect(api.commands).toEqual(['PutItemCommand']);
  });

  it('gives a job a verdict of its own that is there before as one of another kind', async () => {
    const known = registeredJob(randomUUID(), api.clock.now);
    await api.ports.jobs.add(known);
    const { jobId } = known;
    const results = await send([{ jobId, kind: 'carbon-ec3' }, { jobId }]);
    expect(results).toMatchObject([{ status: 409 }, { status: 200, job: { jobId } }]);
  });

  it('tells who registered the jobs, and reminds as is usual', async () => {
    const usual = await startTestApi({ remindAfterMinutes: 60 });
    const authorizer = { jwt: { claims: { sub: 'somebody' }, scopes: [] } };
    const jobs = [...newJobs(1), { jobId: randomUUID(), remindAfterMinutes: null }];
    const { body } = await usual.request('POST', '/jobs/batch', { body: { jobs }, authorizer });
    expect(body.results).toMatchObject([
      { job: { registeredBy: 'somebody', remindAt: '2026-02-10T13:00:00.000Z' } },
      { job: { registeredBy: 'somebody', remindAt: null } },
    ]);
    await usual.close();
  });

  it('takes a hundred jobs with all that can be said of them', async () => {
    const all = { label: '🏗'.repeat(100), timeoutMinutes: 10_080, remindAfterMinutes: 10_079 };
    const results = await send(newJobs(100).map((job) => ({ ...job, ...all })));
    expect(new Set(statuses(results))).toEqual(new Set([201]));
  });
});

describe('a batch of which a job fails', () => {
  it('tells of that job alone, and logs why', async () => {
    const { jobs } = api.ports;
    const [first, unlucky, last] = newJobs(3);
    const fault = new Error('The table Jobs is on fire');
    const add: typeof jobs.add = (job) =>
      job.jobId === unlucky?.jobId ? Promise.reject(fault) : jobs.add(job);
    const results = await send([first, unlucky, last], { jobs: { ...jobs, add } });
    expect(statuses(results)).toEqual([201, 500, 201]);
    expect(results[1]?.problem).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
    });
    expect(api.logged).toContainEqual({
      message: 'A job of a batch could not be registered',
      facts: { error: fault },
    });
  });

  it('asks to send a job again that others keep changing', async () => {
    const { jobs } = api.ports;
    const job = cancel(registeredJob(randomUUID(), api.clock.now), api.clock.now, 'somebody');
    await jobs.add(job);
    const update = async () => false;
    const results = await send([{ jobId: job.jobId }], { jobs: { ...jobs, update } });
    expect(results).toMatchObject([
      { status: 409, problem: { detail: expect.stringContaining('Try again') } },
    ]);
  });

  it('has an end: jobs that there is no time for are told, to be sent again', async () => {
    const { jobs, time } = api.ports;
    let now = api.clock.now;
    const add: typeof jobs.add = (job) => {
      now += SECOND;
      return jobs.add(job);
    };
    const ports = { jobs: { ...jobs, add }, time: { ...time, now: () => now } };
    const results = await send(newJobs(100), ports);
    expect(statuses(results)).toEqual([...Array(5).fill(201), ...Array(95).fill(503)]);
    expect(results[99]?.problem?.detail).toContain('Send it again');
  });

  it('writes few jobs at once', async () => {
    const { jobs } = api.ports;
    let underWay = 0;
    let most = 0;
    const add: typeof jobs.add = async (job) => {
      underWay += 1;
      most = Math.max(most, underWay);
      const isAdded = await jobs.add(job);
      underWay -= 1;
      return isAdded;
    };
    await send(newJobs(100), { jobs: { ...jobs, add } });
    expect(most).toBe(20);
  });
});

describe('a batch that is refused as a whole', () => {
  it.each<[string, unknown, string, string?]>([
    ['without jobs', { jobs: [] }, '/jobs'],
    ['of more than 100 jobs', { jobs: Array(101).fill({}) }, '/jobs'],
    ['that is no array', { jobs: {} }, '/jobs'],
    ['with nothing', {}, '/jobs'],
    ['with an unknown field', { jobs: newJobs(1), label: 'all' }, '/label'],
    ['in an array', [{ jobId: randomUUID() }], '', 'must be a JSON object'],
  ])('is one %s', async (_, body, pointer, detail = expect.any(String)) => {
    const answer = await refused(api, 'POST', '/jobs/batch', { body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer, detail }] } });
  });

  it('is one of more than 64 KiB', async () => {
    const body = { jobs: [{ jobId: randomUUID(), label: 'x'.repeat(65_536) }] };
    expect((await refused(api, 'POST', '/jobs/batch', { body })).status).toBe(413);
  });
});

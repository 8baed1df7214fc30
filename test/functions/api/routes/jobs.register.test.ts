import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cancel } from '../../../../functions/core/jobs/watch.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { jobBody } from '../support/job-body.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;
let jobId: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => {
  jobId = randomUUID();
  api.forget();
});

const register = (fields: object = {}) =>
  api.request('POST', '/jobs', { body: { jobId, ...fields } });

describe('POST /jobs for a job that is new', () => {
  it('puts it under watch for a day', async () => {
    const answer = await register();

    expect(answer).toMatchObject({ status: 201, headers: { Location: `/jobs/${jobId}` } });
    expect(answer.body).toEqual(
      jobBody({
        jobId,
        registeredAt: '2026-02-10T12:00:00.000Z',
        registeredBy: 'local',
        timeoutAt: '2026-02-11T12:00:00.000Z',
        ignored: [],
      }),
    );
  });

  it('is told of once more, if it is still pending by then, when a reminder is asked for', async () => {
    const { body } = await register({ remindAfterMinutes: 90 });
    expect(body).toMatchObject({ remindAt: '2026-02-10T13:30:00.000Z', remindedAt: null });
  });

  it('is not told of as unusually long by the caller’s wish, which a known job keeps', async () => {
    await register({ unusuallyLong: false });
    expect(await api.ports.jobs.get(jobId)).toMatchObject({ unusuallyLong: false });
    const again = await register({ unusuallyLong: true });
    expect(again).toMatchObject({ status: 200, body: { ignored: ['unusuallyLong'] } });
    expect((await register({ unusuallyLong: 'no' })).status).toBe(400);
  });

  it('costs one write and no read', async () => {
    await register();
    expect(api.commands).toEqual(['PutItemCommand']);
  });

  it('is counted', async () => {
    await register();
    expect(api.counted).toEqual(['JobsRegistered']);
  });

  it('takes an id in any case and keeps it in lower case', async () => {
    const answer = await register({ jobId: jobId.toUpperCase() });
    expect(answer.body.jobId).toBe(jobId);
    expect(await api.ports.jobs.get(jobId)).toMatchObject({ jobId });
  });

  it('keeps its label and its own timeout', async () => {
    const answer = await register({ label: 'Bridge 7, as built', timeoutMinutes: 5 });
    expect(answer.body).toMatchObject({
      label: 'Bridge 7, as built',
      timeoutAt: '2026-02-10T12:05:00.000Z',
    });
  });

  it.each([
    ['100 characters', 'x'.repeat(100)],
    ['100 characters outside the basic plane', '🏗'.repeat(100)],
    ['text in any script', 'мост ٧ 橋'],
  ])('takes a label of %s', async (_, label) => {
    expect(await register({ label })).toMatchObject({ status: 201, body: { label } });
  });

  it.each([5, 10_080])('takes a timeout of %i minutes', async (timeoutMinutes) => {
    const { status, body } = await register({ timeoutMinutes });
    expect(status).toBe(201);
    expect(Date.parse(String(body.timeoutAt)) - api.clock.now).toBe(timeoutMinutes * MINUTE);
  });

  it('remembers who registered it', async () => {
    const authorizer = {
      jwt: { claims: { sub: 'somebody' }, scopes: [] },
      principalId: '',
      integrationLatency: 0,
    };
    const answer = await api.request('POST', '/jobs', { body: { jobId }, authorizer });
    expect(answer.body.registeredBy).toBe('somebody');
  });

  it('understands a body that arrives in base64, and any JSON media type', async () => {
    const body = Buffer.from(JSON.stringify({ jobId, label: 'Brücke' })).toString('base64');
    const headers = { 'content-type': 'application/vnd.example+json; charset=utf-8' };
    const answer = await api.request('POST', '/jobs', { body, headers, isBase64Encoded: true });
    expect(answer).toMatchObject({ status: 201, body: { label: 'Brücke' } });
  });
});

describe('POST /jobs for a job that is known', () => {
  it('changes nothing and says how it stands', async () => {
    const first = await register({ label: 'first' });
    api.forget();
    const again = await register();

    expect(again).toEqual({ ...first, status: 200, headers: again.headers });
    expect(again.headers).not.toHaveProperty('Location');
    expect(api.counted).toEqual([]);
  });

  it.each<[string, object, object, readonly string[]]>([
    ['nothing where it says nothing', { label: 'A', timeoutMinutes: 60 }, {}, []],
    [
      'nothing where it says the same',
      { label: 'A', timeoutMinutes: 60, remindAfterMinutes: 30 },
      { label: 'A', timeoutMinutes: 60, remindAfterMinutes: 30 },
      [],
    ],
    [
      'all that is otherwise on record',
      { label: 'A', timeoutMinutes: 60 },
      { label: 'B', timeoutMinutes: 90, remindAfterMinutes: 30 },
      ['label', 'timeoutMinutes', 'remindAfterMinutes'],
    ],
    ['a label where there is none', {}, { label: 'A' }, ['label']],
    [
      'that no reminder is wanted where there is one',
      { remindAfterMinutes: 30 },
      { remindAfterMinutes: null },
      ['remindAfterMinutes'],
    ],
  ])('tells what of the request it ignores: %s', async (_, first, second, ignored) => {
    const { body } = await register(first);
    const again = await register(second);
    expect(again).toMatchObject({ status: 200, body: { ignored, version: 1 } });
    expect(again.body).toMatchObject({ label: body.label, timeoutAt: body.timeoutAt });
    const jobs = [{ jobId, ...second }];
    const batch = await api.request('POST', '/jobs/batch', { body: { jobs } });
    expect(batch.body.results).toMatchObject([{ status: 200, ignored }]);
  });

  it('ignores nothing of what it says again of one that has ended meanwhile', async () => {
    const fields = { label: 'A', remindAfterMinutes: 30 };
    await register(fields);
    const job = await api.ports.jobs.get(jobId);
    if (!job) return expect.fail('It is not on record.');
    await api.ports.jobs.update(job, moved(job, 'Succeeded', api.clock.now + MINUTE));
    const again = await register(fields);
    expect(again).toMatchObject({ status: 200, body: { state: 'Succeeded', ignored: [] } });
  });

  it('costs one read', async () => {
    await register();
    api.forget();
    await register();
    expect(api.commands).toEqual(['PutItemCommand', 'GetItemCommand']);
  });

  it('does not reopen one that ended upstream', async () => {
    const ended = moved(registeredJob(jobId, api.clock.now), 'Failed', api.clock.now);
    await api.ports.jobs.add(ended);
    expect(await register()).toMatchObject({ status: 200, body: { state: 'Failed', version: 2 } });
  });

  it.each(['NotFound', 'AccessDenied', 'TimedOut'])(
    'reopens one that ended as %s',
    async (state) => {
      const ended = moved(
        registeredJob(jobId, api.clock.now - MINUTE),
        state,
        api.clock.now - MINUTE,
      );
      await api.ports.jobs.add(ended);
      const answer = await register({ label: 'again' });

      expect(answer).toMatchObject({ status: 201, headers: { Location: `/jobs/${jobId}` } });
      expect(answer.body).toMatchObject({
        label: 'again',
        state: 'Registered',
        reason: null,
        endedAt: null,
        alert: null,
        registeredAt: '2026-02-10T12:00:00.000Z',
        transitions: [{ to: state }, { from: state, to: 'Registered' }],
        version: 3,
      });
      expect(api.counted).toEqual(['JobsRegistered']);
      expect((await api.ports.jobs.get(jobId))?.owed, 'what it owes').toEqual(ended.owed);
    },
  );

  it('keeps the label of one that it reopens unless it says another', async () => {
    const { body } = await register({ label: 'Tower B' });
    await api.request('DELETE', `/jobs/${jobId}`);
    expect(await register()).toMatchObject({ status: 201, body: { label: body.label } });
    await api.request('DELETE', `/jobs/${jobId}`);
    expect(await register({ label: 'Tower C' })).toMatchObject({ body: { label: 'Tower C' } });
  });

  it('reopens one that was cancelled', async () => {
    await api.ports.jobs.add(
      cancel(registeredJob(jobId, api.clock.now), api.clock.now, 'somebody'),
    );
    expect(await register()).toMatchObject({
      status: 201,
      body: { state: 'Registered', cancelledBy: null },
    });
  });
});

describe('POST /jobs while others change the same job', () => {
  it('looks again at what they made of it', async () => {
    const ended = moved(registeredJob(jobId, api.clock.now), 'TimedOut', api.clock.now);
    await api.ports.jobs.add(ended);
    const { jobs } = api.ports;
    let isFirst = true;
    const update: typeof jobs.update = async (before, after) => {
      if (isFirst) {
        isFirst = false;
        await jobs.update(before, { ...after, label: 'theirs' });
      }
      return jobs.update(before, after);
    };

    const body = { jobId, label: 'ours' };
    const ports = { jobs: { ...jobs, update } };
    const answer = await api.request('POST', '/jobs', { body, ports });
    expect(answer).toMatchObject({ status: 200, body: { state: 'Registered', label: 'theirs' } });
    expect(api.counted).toEqual([]);
  });

  it('registers a job that goes off the record in the middle of it', async () => {
    await register();
    const { jobs } = api.ports;
    const get: typeof jobs.get = async () => undefined;
    let adds = 0;
    const add: typeof jobs.add = (job) => {
      adds += 1;
      return adds === 1 ? jobs.add(job) : Promise.resolve(true);
    };
    const ports = { jobs: { ...jobs, get, add } };
    expect(await api.request('POST', '/jobs', { body: { jobId }, ports })).toMatchObject({
      status: 201,
    });
  });

  it('asks to try again when there is no getting through', async () => {
    await api.ports.jobs.add(
      cancel(registeredJob(jobId, api.clock.now), api.clock.now, 'somebody'),
    );
    const ports = { jobs: { ...api.ports.jobs, update: async () => false } };
    const answer = await api.request('POST', '/jobs', { body: { jobId }, ports });
    expect(answer).toMatchObject({
      status: 409,
      headers: { 'Content-Type': 'application/problem+json' },
      body: { title: 'Conflict', detail: expect.stringContaining('Try again') },
    });
  });
});

describe('a usual reminder', () => {
  let usual: TestApi;
  beforeAll(async () => {
    usual = await startTestApi({ remindAfterMinutes: 120 });
  });
  afterAll(() => usual.close());

  it.each([
    ['is for registrations that say nothing', {}, '2026-02-10T14:00:00.000Z'],
    ['gives way to what is asked for', { remindAfterMinutes: 5 }, '2026-02-10T12:05:00.000Z'],
    ['can be refused', { remindAfterMinutes: null }, null],
    ['never comes where the watch is over first', { timeoutMinutes: 60 }, null],
  ])('%s', async (_, fields, remindAt) => {
    const body = { jobId: randomUUID(), ...fields };
    const answer = await usual.request('POST', '/jobs', { body });
    expect(answer).toMatchObject({ status: 201, body: { remindAt } });
  });
});

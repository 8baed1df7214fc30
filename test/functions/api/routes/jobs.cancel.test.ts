import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../functions/core/time.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;
let jobId: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  jobId = randomUUID();
  await api.ports.jobs.add(registeredJob(jobId, api.clock.now - MINUTE));
  api.forget();
});

const stop = () => api.request('DELETE', `/jobs/${jobId}`);

describe('DELETE /jobs/{jobId}', () => {
  it('stops the watch, without an alert', async () => {
    const answer = await stop();

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      jobId,
      state: 'Cancelled',
      endedAt: '2026-02-10T12:00:00.000Z',
      alert: null,
      transitions: [{ from: 'Registered', to: 'Cancelled', reason: null }],
    });
    expect(await api.ports.jobs.get(jobId)).not.toHaveProperty('owed');
    expect((await api.ports.jobs.pendingPage(undefined, 10)).items).not.toContainEqual(
      expect.objectContaining({ jobId }),
    );
  });

  it('tells who asked for it, in every place', async () => {
    const authorizer = { jwt: { claims: { sub: 'somebody' }, scopes: [] } };
    const { body } = await api.request('DELETE', `/jobs/${jobId}`, { authorizer });
    expect(body.cancelledBy).toBe('somebody');
    const { body: found } = await api.request('GET', `/jobs/${jobId}`);
    expect(found.cancelledBy).toBe('somebody');
    const { body: list } = await api.request('GET', '/jobs', { query: 'state=Cancelled' });
    expect(list.jobs).toContainEqual(expect.objectContaining({ jobId, cancelledBy: 'somebody' }));
  });

  it('says the same however often it is asked for', async () => {
    const first = await stop();
    api.forget();
    expect(await stop()).toEqual(first);
    expect(api.commands, 'nothing more is written').toEqual(['GetItemCommand']);
  });

  it('changes nothing about a job that has ended', async () => {
    const job = registeredJob(randomUUID(), api.clock.now);
    const ended = moved(job, 'Succeeded', api.clock.now);
    await api.ports.jobs.add(ended);
    const answer = await api.request('DELETE', `/jobs/${ended.jobId}`);
    expect(answer).toMatchObject({ status: 200, body: { state: 'Succeeded', version: 2 } });
    expect(await api.ports.jobs.get(ended.jobId)).toEqual(ended);
  });

  it('takes the id in any case', async () => {
    const answer = await api.request('DELETE', `/jobs/${jobId.toUpperCase()}`);
    expect(answer).toMatchObject({ status: 200, body: { jobId, state: 'Cancelled' } });
  });

  it('cancels what the job has become in the meantime', async () => {
    const { jobs } = api.ports;
    let isFirst = true;
    const update: typeof jobs.update = async (before, after) => {
      if (isFirst) {
        isFirst = false;
        await jobs.update(before, moved(before, 'Running', api.clock.now));
      }
      return jobs.update(before, after);
    };
    const answer = await api.request('DELETE', `/jobs/${jobId}`, {
      ports: { jobs: { ...jobs, update } },
    });
    expect(answer.body.transitions).toMatchObject([
      { to: 'Running' },
      { from: 'Running', to: 'Cancelled' },
    ]);
  });

  it('asks to try again when there is no getting through', async () => {
    const ports = { jobs: { ...api.ports.jobs, update: async () => false } };
    const answer = await api.request('DELETE', `/jobs/${jobId}`, { ports });
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Try again') },
    });
  });
});

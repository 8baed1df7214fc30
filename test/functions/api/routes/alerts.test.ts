import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isPendingJob } from '../../../../functions/core/sweeps/schedule.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

const tryOut = (body: unknown = {}) => api.request('POST', '/alerts/test', { body });

describe('POST /alerts/test', () => {
  it('puts an alert on record that says it is a test, and tells where it can be followed', async () => {
    const answer = await tryOut({ label: 'Nightly' });
    const { jobId, alert } = answer.body as { jobId: string; alert: { id: string } };
    expect(answer).toMatchObject({
      status: 202,
      headers: { Location: `/jobs/${jobId}` },
      body: { isTest: true, label: 'Nightly', state: 'Failed', alert: { status: 'Owed' } },
    });
    const found = await api.request('GET', `/jobs/${jobId}`);
    expect(found).toMatchObject({ status: 200, body: { isTest: true, alert } });
    const owed = await api.ports.jobs.owedPage(undefined);
    expect(owed.items).toContain(jobId);
  });

  it.each(['Succeeded', 'PartiallySucceeded', 'Failed', 'NotFound', 'AccessDenied', 'TimedOut'])(
    'can be for a run that ended as %s',
    async (state) => {
      const { body } = await tryOut({ state, containsIssues: true });
      expect(body).toMatchObject({ state, containsIssues: true });
      expect(body.transitions).toMatchObject([
        { from: 'Registered', to: 'Queued' },
        { from: 'Queued', to: 'Running' },
        { from: 'Running', to: state },
      ]);
    },
  );

  it('can be a reminder, of a run that nothing is asked about', async () => {
    const { body } = await tryOut({ state: 'StillRunning' });
    expect(body).toMatchObject({ state: 'Running', alert: null, isTest: true });
    const pending = await api.ports.jobs.pendingPage(undefined, 100);
    expect(pending.items.filter(isPendingJob).map(({ jobId }) => jobId)).not.toContain(body.jobId);
  });

  it('stays as it is when it is registered, as its own mail says one should: there is nothing to watch', async () => {
    const { body } = await tryOut({ state: 'TimedOut', label: 'Nightly' });
    const { jobId } = body;
    const again = await api.request('POST', '/jobs', { body: { jobId, label: 'Nightly' } });
    expect(again).toMatchObject({ status: 200, body: { state: 'TimedOut', isTest: true } });
    expect(again.body.ignored).toEqual([]);
    const batch = await api.request('POST', '/jobs/batch', { body: { jobs: [{ jobId }] } });
    expect(batch.body.results).toMatchObject([{ status: 200, job: { state: 'TimedOut' } }]);
  });

  it('is no job in the list', async () => {
    const { body } = await tryOut();
    const list = await api.request('GET', '/jobs');
    expect(JSON.stringify(list.body)).not.toContain(body.jobId);
  });

  it('is not counted as a job', async () => {
    await tryOut();
    expect(api.counted).toEqual([]);
  });

  it.each([
    [{ state: 'Running' }, '/state'],
    [{ containsIssues: 'yes' }, '/containsIssues'],
    [{ label: '' }, '/label'],
    [{ jobId: 'x' }, '/jobId'],
  ])('refuses %j, and nothing is on record', async (body, pointer) => {
    const answer = await tryOut(body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect(api.commands).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { decide } from '../../../../functions/core/jobs/decide.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;
let job: Job;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
/** A job that has been watched for two hours, of a day. */
beforeEach(async () => {
  job = {
    ...registeredJob(randomUUID(), api.clock.now - 2 * HOUR),
    label: 'Tower B',
    remindAt: api.clock.now + HOUR,
  };
  await api.ports.jobs.add(job);
  api.forget();
});

const change = (body: object) => api.request('PATCH', `/jobs/${job.jobId}`, { body });
const onRecord = () => api.ports.jobs.get(job.jobId);

describe('PATCH /jobs/{jobId}', () => {
  it('changes what it names, and nothing else', async () => {
    expect(await change({ label: 'Tower C' })).toMatchObject({
      status: 200,
      body: { label: 'Tower C', remindAt: '2026-02-10T13:00:00.000Z', version: 2 },
    });
    expect(await onRecord()).toEqual({ ...job, label: 'Tower C', version: 2 });
    expect((await change({ label: null })).body).toMatchObject({ label: null, version: 3 });
  });

  it('counts minutes from the registration, as that did', async () => {
    const { body } = await change({ timeoutMinutes: 180, remindAfterMinutes: 150 });
    expect(body).toMatchObject({
      registeredAt: '2026-02-10T10:00:00.000Z',
      timeoutAt: '2026-02-10T13:00:00.000Z',
      remindAt: '2026-02-10T12:30:00.000Z',
    });
  });

  it('is followed by what the sweeps know of a pending job', async () => {
    await change({ timeoutMinutes: 180, remindAfterMinutes: null });
    const { items } = await api.ports.jobs.pendingPage(undefined, 1_000);
    const entry = items.find((each) => 'jobId' in each && each.jobId === job.jobId);
    expect(entry).toMatchObject({ timeoutAt: job.registeredAt + 3 * HOUR, version: 2 });
    expect(entry).not.toHaveProperty('remindAt');
  });

  it('repeated, changes nothing', async () => {
    const fields = { label: 'Tower C', timeoutMinutes: 180, remindAfterMinutes: null };
    const { body } = await change(fields);
    api.forget();
    expect((await change(fields)).body).toEqual(body);
    expect(api.commands).toEqual(['GetItemCommand']);
  });

  it('has a job that is overdue tried on anew, and leaves it overdue by the same timeout', async () => {
    const late = { ...job, version: 2, overdueSince: 5, timeoutAt: api.clock.now - MINUTE };
    await api.ports.jobs.update(job, late);
    await change({ label: 'Tower C' });
    expect(await onRecord()).toMatchObject({ overdueSince: 5 });
    await change({ timeoutMinutes: 240 });
    expect(await onRecord()).not.toHaveProperty('overdueSince');
  });

  it('has another reminder come after one that was sent', async () => {
    const clock = { now: api.clock.now + HOUR, awake: 0 };
    const decision = decide(job, { kind: 'Pending' }, clock);
    if (decision.kind === 'Unchanged') throw new Error('Nothing is due.');
    const reminded = applyChange(job, decision, clock.now);
    await api.ports.jobs.update(job, reminded);
    const { body } = await change({ remindAfterMinutes: 240 });
    expect(body).toMatchObject({
      remindedAt: '2026-02-10T13:00:00.000Z',
      remindAt: '2026-02-10T14:00:00.000Z',
    });
    expect((await onRecord())?.owed).toEqual(reminded.owed);
  });

  it('takes back a reminder that would come too late for another timeout', async () => {
    const { body } = await change({ timeoutMinutes: 150 });
    expect(body).toMatchObject({ remindAt: null });
  });

  it('looks again at what others made of the job', async () => {
    const { jobs } = api.ports;
    let isFirst = true;
    const update: typeof jobs.update = async (before, after) => {
      if (isFirst) await jobs.update(before, moved(before, 'Running', api.clock.now));
      isFirst = false;
      return jobs.update(before, after);
    };
    const answer = await api.request('PATCH', `/jobs/${job.jobId}`, {
      body: { label: 'Tower C' },
      ports: { jobs: { ...jobs, update } },
    });
    expect(answer.body).toMatchObject({ state: 'Running', label: 'Tower C', version: 3 });
  });
});

describe('PATCH /jobs/{jobId} says no', () => {
  it.each([
    ['to a time that is past', { timeoutMinutes: 120 }, 'for 2 h: give more minutes'],
    ['to a reminder that is past', { remindAfterMinutes: 60 }, 'for 2 h: give more minutes'],
    [
      'to a reminder after the watch',
      { remindAfterMinutes: 1_440 },
      'until 2026-02-11T10:00:00.000Z',
    ],
  ])('%s', async (_, fields, detail) => {
    const answer = await change(fields);
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining(detail) },
    });
    expect(await onRecord()).toEqual(job);
  });

  it('to a job that has ended', async () => {
    await api.ports.jobs.update(job, moved(job, 'Failed', api.clock.now));
    const answer = await change({ label: 'Tower C' });
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('has ended: Failed') },
    });
  });

  it('to a job that nobody registered', async () => {
    const body = { label: 'Tower C' };
    expect((await api.request('PATCH', `/jobs/${randomUUID()}`, { body })).status).toBe(404);
  });

  it.each([
    ['nothing to change', {}, ''],
    ['an unknown field', { label: 'Tower C', state: 'Failed' }, '/state'],
    ['a timeout of 4 minutes', { timeoutMinutes: 4 }, '/timeoutMinutes'],
    ['no timeout', { timeoutMinutes: null }, '/timeoutMinutes'],
    ['an empty label', { label: '' }, '/label'],
    [
      'a reminder as late as the timeout',
      { timeoutMinutes: 240, remindAfterMinutes: 240 },
      '/remindAfterMinutes',
    ],
  ])('to %s', async (_, body, pointer) => {
    const answer = await refused(api, 'PATCH', `/jobs/${job.jobId}`, { body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});

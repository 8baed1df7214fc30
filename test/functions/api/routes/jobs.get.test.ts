import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { markPublished } from '../../../../functions/core/alerts/alert.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { cancel, reopen } from '../../../../functions/core/jobs/watch.ts';
import { firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { jobBody } from '../support/job-body.ts';
import { moved, registeredJob } from '../support/jobs.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

/** When every job here is registered. */
const START = Date.UTC(2026, 1, 10, 10);

let api: TestApi;
let job: Job;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => {
  job = registeredJob(randomUUID(), START);
});

/** The answer for a job that is on record as it is here. */
async function get(stored: Job) {
  await api.ports.jobs.add(stored);
  const { body } = await api.request('GET', `/jobs/${stored.jobId}`);
  return body;
}

describe('GET /jobs/{jobId}', () => {
  const usual = { runs: 34, median: 12 * MINUTE, p90: 20 * MINUTE, shortBelow: 4 * MINUTE };
  const queued = () =>
    applyChange(job, { kind: 'Transition', to: 'Queued' }, START + MINUTE, {
      ...usual,
      longAbove: 46 * MINUTE,
    });

  it('tells what is usual, and by when a pending run has probably ended', async () => {
    expect(await get(queued())).toMatchObject({
      usualLength: { runs: 34, p50Seconds: 720, p90Seconds: 1_200 },
      probablyUntil: new Date(START + 21 * MINUTE).toISOString(),
      remindAt: new Date(START + 47 * MINUTE).toISOString(),
      unusual: null,
    });
  });

  it('tells that a run is unusually long, or was unusually short', async () => {
    const late = applyChange(queued(), { kind: 'ReminderDue' }, START + 47 * MINUTE);
    expect(await get(late)).toMatchObject({ unusual: 'Long', remindAt: null });
    job = registeredJob(randomUUID(), START);
    const soon = applyChange(queued(), { kind: 'Transition', to: 'Succeeded' }, START + 2 * MINUTE);
    expect(await get(soon)).toMatchObject({ unusual: 'Short', probablyUntil: null });
  });

  it('tells all facts about a job, and how it came to them', async () => {
    const running = moved(job, 'Running', START + MINUTE);
    const ended = applyChange(
      running,
      {
        kind: 'Transition',
        to: 'PartiallySucceeded',
        reason: '2 of 9 tables failed',
        containsIssues: true,
        logsUrl: 'https://api.bentley.com/logs/1',
      },
      START + 2 * MINUTE,
    );
    expect(await get({ ...ended, label: 'Bridge 7' })).toEqual(
      jobBody({
        jobId: job.jobId,
        label: 'Bridge 7',
        state: 'PartiallySucceeded',
        reason: '2 of 9 tables failed',
        containsIssues: true,
        logsUrl: 'https://api.bentley.com/logs/1',
        runningAt: '2026-02-10T10:01:00.000Z',
        registeredAt: '2026-02-10T10:00:00.000Z',
        registeredBy: 'test',
        timeoutAt: '2026-02-11T10:00:00.000Z',
        endedAt: '2026-02-10T10:02:00.000Z',
        version: 3,
        transitions: [
          {
            from: 'Registered',
            to: 'Running',
            at: '2026-02-10T10:01:00.000Z',
            reason: 'because of Running',
          },
          {
            from: 'Running',
            to: 'PartiallySucceeded',
            at: '2026-02-10T10:02:00.000Z',
            reason: '2 of 9 tables failed',
          },
        ],
        alert: { id: `${job.jobId}/2026-02-10T10:00:00.000Z/3`, status: 'Owed', sentAt: null },
        lastCheckedAt: null,
      }),
    );
  });

  it('tells what troubles a pending job', async () => {
    const error = { name: 'Timeout', message: 'No answer within 10 s' } as const;
    const failed = applyChange(
      job,
      { kind: 'FailedCheck', error, overdueSince: 1 },
      START + MINUTE,
    );
    const body = await get({ ...failed, missing: { since: START, count: 2, status: 404 } });
    expect(body).toMatchObject({
      missing: { since: '2026-02-10T10:00:00.000Z', count: 2, status: 404 },
      failedChecks: 1,
      lastError: { ...error, at: '2026-02-10T10:01:00.000Z' },
    });
    expect(body).not.toHaveProperty('overdueSince');
  });

  it('does not know the status of missing answers that were recorded without it', async () => {
    const body = await get({ ...job, missing: { since: START, count: 2 } });
    expect(body.missing).toEqual({ since: '2026-02-10T10:00:00.000Z', count: 2, status: null });
  });

  it('tells of an end that was before the run was first seen', async () => {
    expect((await get(moved(job, 'Failed', START))).endedBeforeFirstSeen).toBe(true);
  });

  it('takes the id in any case', async () => {
    await api.ports.jobs.add(job);
    const answer = await api.request('GET', `/jobs/${job.jobId.toUpperCase()}`);
    expect(answer).toMatchObject({ status: 200, body: { jobId: job.jobId } });
  });

  it('is a 404 for a job that is not on record', async () => {
    const answer = await api.request('GET', `/jobs/${job.jobId}`);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'Content-Type': 'application/problem+json' },
      body: { type: 'about:blank', title: 'Not Found', status: 404 },
    });
    expect(answer.body.detail).toContain(job.jobId);
  });
});

describe('GET /jobs/{jobId} with If-None-Match', () => {
  const ask = (ifNoneMatch: string) =>
    api.request('GET', `/jobs/${job.jobId}`, { headers: { 'if-none-match': ifNoneMatch } });

  beforeEach(async () => {
    await api.ports.jobs.add(job);
    api.forget();
  });

  it('is a 304 without a body while the job is as it was', async () => {
    const { headers } = await api.request('GET', `/jobs/${job.jobId}`);
    expect(headers).toMatchObject({ ETag: 'W/"1"', 'Cache-Control': 'private, no-cache' });
    expect(await ask('W/"1"')).toMatchObject({
      status: 304,
      headers: { ETag: 'W/"1"', 'Cache-Control': 'private, no-cache' },
      body: {},
    });
  });

  it('is a 200 as soon as anything about the job has changed', async () => {
    await api.ports.jobs.update(job, moved(job, 'Running', START + MINUTE));
    expect(await ask('W/"1"')).toMatchObject({
      status: 200,
      headers: { ETag: 'W/"2"' },
      body: { state: 'Running' },
    });
  });

  it('is a 304 although the job was checked in the meantime', async () => {
    const read = async () => ({ ...firstCheckpoint(START, 60), lastPassStartedAt: START });
    const ports = { checkpoints: { ...api.ports.checkpoints, read } };
    const path = `/jobs/${job.jobId}`;
    const { body } = await api.request('GET', path, { ports });
    expect(body.lastCheckedAt).toBe('2026-02-10T10:00:00.000Z');
    const headers = { 'if-none-match': 'W/"1"' };
    expect((await api.request('GET', path, { ports, headers })).status).toBe(304);
  });

  it.each(['"1"', '*', 'W/"7", W/"1"', '"7","1"'])(
    'takes %s for the first version',
    async (tags) => {
      expect((await ask(tags)).status).toBe(304);
    },
  );

  it.each(['W/"10"', '1', 'W/""', '', 'w/"1"', '"*"'])('does not take %s for it', async (tags) => {
    expect((await ask(tags)).status).toBe(200);
  });

  it('costs one read; a 200 costs that of the checkpoint too while the job is pending', async () => {
    await ask('W/"1"');
    expect(api.commands).toEqual(['GetItemCommand']);
    api.forget();
    await ask('W/"2"');
    expect(api.commands).toEqual(['GetItemCommand', 'GetItemCommand']);

    await api.ports.jobs.update(job, moved(job, 'Failed', START));
    api.forget();
    await ask('W/"1"');
    expect(api.commands).toEqual(['GetItemCommand']);
  });

  it('is a 404 where there is no job, whatever the caller knows', async () => {
    const headers = { 'if-none-match': '*' };
    expect((await api.request('GET', `/jobs/${randomUUID()}`, { headers })).status).toBe(404);
  });
});

describe('the alert for the end of a job', () => {
  const END = START + 5 * MINUTE;

  it('is null while the job is pending', async () => {
    expect(await get(moved(job, 'Running', END))).toMatchObject({ alert: null, alerts: [] });
  });

  it('is owed until the topic has it, then sent', async () => {
    const ended = moved(job, 'Failed', END);
    const id = `${job.jobId}/2026-02-10T10:00:00.000Z/2`;
    expect((await get(ended)).alert).toEqual({ id, status: 'Owed', sentAt: null });

    const sent = markPublished(ended, [id], END + MINUTE);
    await api.ports.jobs.update(ended, sent);
    const { body } = await api.request('GET', `/jobs/${job.jobId}`);
    expect(body).toMatchObject({
      alert: { id, status: 'Sent', sentAt: '2026-02-10T10:06:00.000Z' },
      alerts: [{ id, kind: 'Ended', at: '2026-02-10T10:06:00.000Z' }],
    });
    expect(body).not.toHaveProperty('owed');
  });

  it('is null for a cancelled job: its caller knows', async () => {
    expect(await get(cancel(job, END, 'somebody'))).toMatchObject({
      state: 'Cancelled',
      alert: null,
    });
  });

  it('is null for a run that was over when its iModel began to be watched: nobody is told', async () => {
    expect(await get(moved({ ...job, isQuietIfOver: true }, 'Failed', END))).toMatchObject({
      state: 'Failed',
      alert: null,
    });
  });

  it('is that of the current end, not of one before the job was reopened', async () => {
    const timedOut = moved(job, 'TimedOut', END);
    const { jobId, registeredBy, timeoutAt } = job;
    const reopened = reopen(timedOut, { jobId, registeredBy, timeoutAt, registeredAt: END });
    expect((await get(reopened)).alert).toBeNull();

    const ended = moved(reopened, 'Succeeded', END + MINUTE);
    await api.ports.jobs.update(reopened, ended);
    const { body } = await api.request('GET', `/jobs/${job.jobId}`);
    expect(body.alert).toMatchObject({ id: `${job.jobId}/2026-02-10T10:05:00.000Z/4` });
  });
});

describe('lastCheckedAt of a job', () => {
  it('is the start of the last pass that has come by it', async () => {
    const checkpoint = { ...firstCheckpoint(START, 60), version: 1, lastPassStartedAt: START };
    await api.ports.checkpoints.write(checkpoint);
    expect((await get(job)).lastCheckedAt).toBe('2026-02-10T10:00:00.000Z');
    expect((await get(registeredJob(randomUUID(), START + 1))).lastCheckedAt).toBeNull();
  });

  it('is null for one that was made up for a test alert: nothing is asked about it', async () => {
    const made = { ...moved(job, 'Running', START), isTest: true };
    expect(await get(made)).toMatchObject({ state: 'Running', lastCheckedAt: null });
  });
});

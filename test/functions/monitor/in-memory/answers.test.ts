import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { Answer, CheckErrorName } from '../../../../functions/core/jobs/observation.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { emptyReport, type SweepReport } from '../../../../functions/monitor/metrics.ts';
import { BEGIN, createMemoryWorld, jobId, type Reply } from './memory-world.ts';

const LISTENERS = {
  checkedAt: BEGIN,
  confirmed: 1,
  pending: 0,
  unconfirmed: 0,
  vanished: 0,
  operators: 0,
};
const RUNNING: Answer = { kind: 'Status', state: 'Running' };

/** A report of a sweep over one job, but for what these facts say. */
function reportWith(facts: Partial<SweepReport>): SweepReport {
  const walked = { requests: 1, checks: 1, pending: 1, passesCompleted: 1 };
  return { ...emptyReport(), lateness: 0, listeners: LISTENERS, ...walked, ...facts };
}

function failed(name: CheckErrorName): Answer {
  return { kind: 'Failed', error: { name, message: 'No good.' } };
}

/** A world with one running job, for which upstream has these answers. */
function worldWith(...answers: Reply<Answer>[]) {
  const world = createMemoryWorld();
  world.add(jobId(1));
  world.answers.set(jobId(1), answers);
  return world;
}

describe('one answer is reported as what it is, and the job knows of it', () => {
  it.each<[string, Answer, Partial<SweepReport>, Partial<Job>]>([
    ['the same state', RUNNING, {}, { version: 1 }],
    [
      'another state',
      { kind: 'Status', state: 'Queued' },
      { transitions: 1 },
      { state: 'Queued', version: 2 },
    ],
    [
      'a word that nobody knows',
      { kind: 'Status', state: 'Paused' },
      { transitions: 1, unknownStates: 1 },
      { state: 'Paused', version: 2 },
    ],
    [
      'the end',
      { kind: 'Status', state: 'Succeeded' },
      { transitions: 1, jobsEnded: 1, alertsPublished: 1 },
      { state: 'Succeeded', version: 3 },
    ],
    ['404', { kind: 'Missing', status: 404 }, {}, { missing: { since: BEGIN, count: 1 } }],
    [
      'fields that are not what they should be',
      { kind: 'Status', state: 'Running', leftOut: ['reason', 'containsIssues'] },
      { fieldsLeftOut: 2 },
      { version: 1 },
    ],
    [
      'an outage',
      failed('ServerError'),
      { failedChecks: 1 },
      { lastError: { name: 'ServerError', message: 'No good.', at: BEGIN } },
    ],
    ['nonsense', failed('UnexpectedResponse'), { failedChecks: 1 }, { failedChecks: 1 }],
  ])('%s', async (_, answer, facts, job) => {
    const world = worldWith(answer);
    await expect(world.sweep()).resolves.toEqual(reportWith(facts));
    expect(world.job(jobId(1))).toMatchObject(job);
    expect(world.checkpoint()).not.toHaveProperty('after');
  });

  it('a transition that is no end teaches nothing about how long runs take', async () => {
    const world = worldWith({ kind: 'Status', state: 'Queued' });
    await world.sweep();
    expect(world.checkpoint()).not.toHaveProperty('runLengths');
  });

  it('a failed check, which the log tells', async () => {
    const world = worldWith(failed('UnexpectedStatus'));
    await world.sweep();
    const facts = { jobId: jobId(1), error: { name: 'UnexpectedStatus', message: 'No good.' } };
    expect(world.logged).toContainEqual(expect.objectContaining({ level: 'warn', facts }));
  });

  it('a failed check, with what upstream calls its own request', async () => {
    const world = worldWith({ ...failed('UnexpectedStatus'), correlationId: '5f0c' } as Answer);
    await world.sweep();
    expect(world.logged).toMatchObject([
      { message: 'A check failed', facts: { correlationId: '5f0c' } },
    ]);
  });

  it('news of a job that is gone by then, which is lost', async () => {
    const world = worldWith({ kind: 'Status', state: 'Succeeded' });
    world.ports.jobs.get = async () => undefined;
    await expect(world.sweep()).resolves.toEqual(reportWith({ lostConditions: 1 }));
    expect(world.logged).toEqual([]);
  });

  it('429, after which the job is done for this pass, and knows of the limit', async () => {
    const world = worldWith({ kind: 'RateLimited', retryAt: BEGIN + 7 * MINUTE });
    const { listeners, ...report } = await world.sweep();
    expect(listeners).toBeDefined();
    expect(report).toEqual({
      ...emptyReport(),
      requests: 1,
      pending: 1,
      passesCompleted: 1,
      rateLimited: 1,
      pausedFor: 'RateLimited',
    });
    expect(world.job(jobId(1))).toMatchObject({ version: 2, limitedAt: BEGIN });
    expect(world.job(jobId(1))).not.toHaveProperty('failedChecks');
    expect(world.checkpoint()).toMatchObject({
      pause: { until: BEGIN + 7 * MINUTE, reason: 'RateLimited' },
      pauseCount: 0,
      lastPassStartedAt: BEGIN,
    });
  });

  it('a refusal of the renewed token, where there is no other job to try it on', async () => {
    const world = worldWith({ kind: 'Unauthorized' });
    await expect(world.sweep()).resolves.toMatchObject({
      requests: 2,
      checks: 1,
      refusals: 1,
      credentialsRefused: 1,
      failedChecks: 0,
      pausedFor: 'CredentialsRefused',
      passesCompleted: 1,
    });
    expect(world.job(jobId(1))?.version).toBe(1);
    expect(world.checkpoint()?.pause).toEqual({
      until: BEGIN + MINUTE,
      reason: 'CredentialsRefused',
      credentials: '1',
    });
  });

  it('a refusal of the first token alone, which is renewed', async () => {
    const world = worldWith({ kind: 'Unauthorized' }, RUNNING);
    await expect(world.sweep()).resolves.toEqual(reportWith({ requests: 2 }));
  });

  it('a refusal for this job, where others accept the same token', async () => {
    const world = worldWith({ kind: 'Unauthorized' });
    world.add(jobId(2));
    await expect(world.sweep()).resolves.toMatchObject({ refusals: 1, failedChecks: 1 });
    expect(world.job(jobId(1))?.lastError).toEqual({
      name: 'Unauthorized',
      message: 'Upstream refuses this job (401), though not the access token as such.',
      at: BEGIN,
    });
    expect(world.checkpoint()).not.toHaveProperty('pause');
  });
});

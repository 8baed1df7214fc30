import { describe, expect, it, vi } from 'vitest';
import type { StatusEndpoint } from '../../../../functions/core/ports.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { RUNNING, status } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

const NOT_FOUND = status(404);
const FORBIDDEN = status(403);

/** States of jobs, in order. */
function statesOf(world: World, jobIds: readonly string[]): Promise<string[]> {
  return Promise.all(jobIds.map(async (jobId) => (await world.job(jobId)).state));
}

describe('404, 403 for a job that was never seen', () => {
  it.each([
    [404, 'NotFound', /^Upstream has answered 404 for 10 min\. .*may have ended earlier/],
    [403, 'AccessDenied', /^Upstream has answered 403 for 10 min\. .*imodels_read/],
  ])('%i ends it as %s after 10 min, and says why', async (code, state, reason) => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: status(code) });
    await world.sweepFor(10 * MINUTE);
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'Registered',
      missing: { since: Date.UTC(2026, 1, 1), count: 3 },
    });

    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, alertsPublished: 1 });
    const job = await world.job(jobId);
    expect(job).toMatchObject({ state, reason: expect.stringMatching(reason) });
    expect(job).not.toHaveProperty('missing');
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state }]);
  });

  it('does not end it after fewer than three answers, however much time they span', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: NOT_FOUND });
    await world.sweep();
    world.clock.advance(HOUR);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Registered' });
    world.clock.advance(MINUTE);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'NotFound' });
  });

  it('says nothing of upstream, even when all of them are missing', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(12, { answer: NOT_FOUND });
    await world.sweepFor(10 * MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 12, upstreamFaults: 0 });
    await expect(statesOf(world, jobIds)).resolves.toEqual(Array(12).fill('NotFound'));
  });

  it('does not end one that upstream had only not got round to yet', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: NOT_FOUND });
    await world.sweepFor(9 * MINUTE);
    world.simulator.setRun(jobId, RUNNING);
    await world.sweep();
    const job = await world.job(jobId);
    expect(job.state).toBe('Running');
    expect(job).not.toHaveProperty('missing');
  });
});

describe('404, 403 for a job that was seen', () => {
  it.each([
    [404, 'NotFound', 'Upstream has answered 404 for 1 h. The run was seen before and is gone.'],
    [403, 'AccessDenied', expect.stringMatching(/^Upstream has answered 403 for 1 h\. .*imodels_/)],
  ])('%i ends it as %s after 60 min while others answer', async (code, state, reason) => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ state: 'Running' });
    const jobId = await world.register({ state: 'Running', answer: status(code) });
    await world.sweepFor(HOUR, { every: 5 * MINUTE });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state, reason });
  });

  it('ends it after 60 min too when it is the only job there is', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: NOT_FOUND });
    await world.sweepFor(HOUR, { every: 5 * MINUTE });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'NotFound' });
  });

  it('counts anew after any 200', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: NOT_FOUND });
    await world.sweepFor(50 * MINUTE, { every: 5 * MINUTE });
    world.simulator.setRun(jobId, RUNNING);
    await world.sweepFor(MINUTE);
    await expect(world.job(jobId)).resolves.not.toHaveProperty('missing');

    world.simulator.setRun(jobId, NOT_FOUND);
    await world.sweepFor(HOUR, { every: 5 * MINUTE });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'NotFound' });
  });

  it('goes on counting over checks that failed', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: NOT_FOUND });
    await world.sweepFor(30 * MINUTE, { every: 5 * MINUTE });
    world.simulator.setRun(jobId, status(503));
    await world.sweepFor(30 * MINUTE, { every: 5 * MINUTE });
    world.simulator.setRun(jobId, NOT_FOUND);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'NotFound' });
  });

  it('counts when another answered earlier in the pass, though in another sweep', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ state: 'Running' });
    const jobId = await world.register({ state: 'Running', answer: NOT_FOUND });
    await world.register({ state: 'Running' });
    await world.sweepFor(2 * MINUTE, { checksPerMinute: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ missing: { count: 1 } });
  });

  it('ends it also when its pass takes many sweeps and it comes first in each', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: NOT_FOUND });
    await world.registerMany(2, { state: 'Running' });
    await world.sweepFor(HOUR + 4 * MINUTE, { checksPerMinute: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'NotFound' });
  });
});

describe('404, 403 for ten previously seen jobs in a row', () => {
  it('is an upstream fault: no more requests, and nothing is held against any job', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const missing = await world.registerMany(10, { state: 'Running', answer: NOT_FOUND });
    await world.registerMany(5, { state: 'Running' });
    const before = await Promise.all(missing.map(world.job));

    const report = await world.sweep({ concurrency: 1 });
    expect(report).toMatchObject({ requests: 10, upstreamFaults: 1, failedChecks: 0 });
    expect(world.asked()).toEqual(missing);
    await expect(Promise.all(missing.map(world.job))).resolves.toEqual(before);
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'UpstreamFault', until: world.clock.now() + MINUTE },
    });
  });

  it('is one too when a request that was under way is then answered well', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const missing = await world.registerMany(10, { state: 'Running', answer: NOT_FOUND });
    const well = await world.register({ state: 'Running' });
    let answered = 0;
    const status: StatusEndpoint = {
      async ask(job, ...rest) {
        const areTenGone = () => expect(answered).toBe(10);
        if (job.jobId === well) await vi.waitFor(areTenGone, { timeout: 5_000 });
        const answer = await world.ports.status.ask(job, ...rest);
        answered += 1;
        return answer;
      },
    };
    const report = await world.sweep({}, { status });
    expect(report).toMatchObject({ checks: 11, upstreamFaults: 1 });
    for (const jobId of missing) {
      await expect(world.job(jobId)).resolves.not.toHaveProperty('missing');
    }
  });

  it('is none when there are only nine before one that is well', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const [missing] = await world.registerMany(9, { state: 'Running', answer: NOT_FOUND });
    await world.register({ state: 'Running' });
    await world.registerMany(9, { state: 'Running', answer: NOT_FOUND });
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({
      checks: 19,
      upstreamFaults: 0,
    });
    await expect(world.job(missing ?? '')).resolves.toMatchObject({ missing: { count: 1 } });
  });
});

describe('404, 403 for every previously seen job when there are two or more', () => {
  it('ends none of them over many sweeps and hours; the pauses double up to 15 min', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(2, { state: 'Running', answer: FORBIDDEN });
    await world.sweepFor(46 * MINUTE);
    expect(world.askedMinutes()).toEqual([0, 1, 3, 7, 15, 30, 45]);

    await world.sweepFor(5 * HOUR, { every: 7 * MINUTE });
    await expect(statesOf(world, jobIds)).resolves.toEqual(['Running', 'Running']);
    await expect(world.alerts()).resolves.toEqual([]);
  });

  it('goes on as if nothing had been once upstream is well', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(3, { state: 'Running', answer: NOT_FOUND });
    await world.sweepFor(2 * HOUR, { every: 5 * MINUTE });
    for (const jobId of jobIds) world.simulator.setRun(jobId, RUNNING);
    await world.sweepFor(16 * MINUTE);
    await expect(world.checkpoint()).resolves.toMatchObject({ pauseCount: 0 });
    await expect(statesOf(world, jobIds)).resolves.toEqual(['Running', 'Running', 'Running']);

    const [first = '', ...others] = jobIds;
    world.simulator.setRun(first, NOT_FOUND);
    await world.sweepFor(HOUR, { every: 5 * MINUTE });
    await expect(statesOf(world, jobIds)).resolves.toEqual(['Running', 'Running', 'Running']);
    await world.sweep();
    await expect(statesOf(world, [first, ...others])).resolves.toEqual([
      'NotFound',
      'Running',
      'Running',
    ]);
  });

  it('is noticed also when each sweep can only ask about one of them', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(3, { state: 'Running', answer: NOT_FOUND });
    await world.sweepFor(3 * HOUR, { every: 2 * MINUTE, checksPerMinute: 1 });
    await expect(statesOf(world, jobIds)).resolves.toEqual(['Running', 'Running', 'Running']);
    await expect(world.checkpoint()).resolves.toMatchObject({ pause: { reason: 'UpstreamFault' } });
  });

  it('is one too when a job that was never seen before is answered well', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const [missing = ''] = await world.registerMany(2, { state: 'Running', answer: NOT_FOUND });
    const unseen = await world.register({ answer: RUNNING });
    await expect(world.sweep()).resolves.toMatchObject({ transitions: 1, upstreamFaults: 1 });
    await expect(world.job(missing)).resolves.not.toHaveProperty('missing');
    await expect(world.job(unseen)).resolves.toMatchObject({ state: 'Running' });
  });

  it('is not told from a single one when a 429 kept the others from being asked about', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const missing = await world.register({ state: 'Running', answer: NOT_FOUND });
    await world.register({ state: 'Running', answer: { kind: 'tooManyRequests' } });
    await expect(world.sweep()).resolves.toMatchObject({ rateLimited: 1, upstreamFaults: 0 });
    await expect(world.job(missing)).resolves.not.toHaveProperty('missing');
  });

  it('does not take the word of upstream for jobs that were never seen either', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(2, { state: 'Running', answer: NOT_FOUND });
    const unseen = await world.register({ answer: NOT_FOUND });
    await world.sweepFor(HOUR, { every: 5 * MINUTE });
    await expect(world.job(unseen)).resolves.toMatchObject({ state: 'Registered' });
  });
});

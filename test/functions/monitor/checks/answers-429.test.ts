import { describe, expect, it } from 'vitest';
import type { Answer as StatusAnswer } from '../../../../functions/core/jobs/observation.ts';
import type { CheckpointStore } from '../../../../functions/core/ports.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { Answer } from '../../../../local/itwin-simulator/script.ts';
import { RUNNING } from '../support/answers.ts';
import { dyingAfter } from '../support/dying-after.ts';
import { createWorld, type World } from '../support/world.ts';

/** A 429, which says when to come back, or does not. */
function tooMany(retryAfter?: number | string): Answer {
  return { kind: 'tooManyRequests', ...(retryAfter !== undefined && { retryAfter }) };
}

/** A run that answers 429 once, and is well from then on. */
function refuseOnce(world: World, jobId: string, retryAfter: number): void {
  const steps = [{ answer: tooMany(retryAfter), forRequests: 1 }, { answer: RUNNING }];
  world.simulator.addRun({ jobId, steps });
}

/** Sweeps every 30 s. @returns after how many ms the next request left */
async function waitForRequest(world: World): Promise<number> {
  const start = world.clock.now();
  world.forget();
  while (world.asked().length === 0) {
    world.clock.advance(30 * SECOND);
    await world.sweep();
  }
  return world.clock.now() - start;
}

describe('429', () => {
  it.each([
    ['in seconds', '150', 150 * SECOND],
    ['as an HTTP date', 'Sun, 01 Feb 2026 00:10:00 GMT', 10 * MINUTE],
    ['that is absent', undefined, MINUTE],
    ['that is unreadable', 'soon', MINUTE],
    ['that is negative', '-30', MINUTE],
    ['that is huge', '86400', HOUR],
    ['that is a far date', 'Mon, 01 Feb 2027 00:00:00 GMT', HOUR],
  ])('with a retry-after %s (%s) lets no request out before it is over', async (_, after, wait) => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(3, { state: 'Running', answer: tooMany(after) });
    await expect(world.sweep()).resolves.toMatchObject({
      outcome: 'Completed',
      rateLimited: 3,
      checks: 0,
      failedChecks: 0,
      passesCompleted: 1,
    });
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'RateLimited', until: world.clock.now() + wait },
      pauseCount: 0,
    });
    await expect(waitForRequest(world)).resolves.toBe(wait);
    for (const job of await Promise.all(jobIds.map(world.job))) {
      expect(job).toMatchObject({ state: 'Running', limitedAt: world.clock.now() });
      expect(job).not.toHaveProperty('failedChecks');
    }
  });

  it('stops the requests at once, and the pass goes on after the job that met it', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(10, { state: 'Running' });
    const fifth = jobIds[4] ?? '';
    refuseOnce(world, fifth, 120);

    const [first] = await world.sweepFor(2 * MINUTE, { concurrency: 1 });
    expect(first).toMatchObject({ requests: 5, checks: 4, pending: 5, passesCompleted: 0 });
    expect(world.asked()).toEqual(jobIds.slice(0, 5));
    world.forget();
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({
      pending: 10,
      passesCompleted: 1,
    });
    expect(world.asked()).toEqual([...jobIds.slice(5), ...jobIds.slice(0, 5)]);
  });

  it('is waited out for the longest time that any check was told', async () => {
    await using world = await createWorld({ tables: 'memory' });
    for (const seconds of [60, 300, 120]) await world.register({ answer: tooMany(seconds) });
    await world.sweep();
    await expect(waitForRequest(world)).resolves.toBe(300 * SECOND);
  });

  it('does not lose the answers that were under way', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const slow = { state: 'Succeeded', delayMs: 100 };
    await world.register({ state: 'Running', answer: tooMany(60) });
    const jobId = await world.register({ state: 'Running', answer: slow });
    await expect(world.sweep()).resolves.toMatchObject({ rateLimited: 1, jobsEnded: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Succeeded' });
  });

  it('does not lengthen the pauses of faults', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: tooMany(60) });
    await world.sweepFor(5 * MINUTE);
    expect(world.asked()).toHaveLength(5);
  });

  it('is respected by a process that was started since', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: tooMany(300) });
    await world.sweep();
    world.restart();
    await expect(waitForRequest(world)).resolves.toBe(300 * SECOND);
  });

  it('is respected even when the process dies right after it', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: tooMany(300) });
    const checkpoints = dyingAfter(2, world.ports.checkpoints);
    await expect(world.sweep({}, { checkpoints })).rejects.toThrow('The process is gone.');

    world.restart();
    await expect(waitForRequest(world)).resolves.toBe(300 * SECOND);
  });

  it('is respected even when only its end of the sweep could be put on record', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: tooMany(300) });
    const { read, write } = world.ports.checkpoints;
    let writes = 0;
    const checkpoints: CheckpointStore = {
      read,
      async write(checkpoint, signal) {
        writes += 1;
        if (writes === 2) throw new Error('The table does not answer for a moment.');
        return write(checkpoint, signal);
      },
    };
    await expect(world.sweep({}, { checkpoints })).resolves.toMatchObject({
      outcome: 'Completed',
      rateLimited: 1,
    });
    await expect(waitForRequest(world)).resolves.toBe(300 * SECOND);
  });

  it('of a subscription with less to give than the budget starves no job', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(50, { state: 'Running' });
    world.simulator.limitRate(20);
    const reports = await world.sweepFor(6 * MINUTE, { checksPerMinute: 100, concurrency: 1 });

    expect(new Set(world.asked()).size).toBe(jobIds.length);
    expect(reports.filter(({ rateLimited }) => rateLimited > 0)).not.toEqual([]);
    expect(reports.filter(({ passesCompleted }) => passesCompleted > 0)).not.toEqual([]);
    for (const { failedChecks } of reports) expect(failedChecks).toBe(0);
  });

  it('is honoured even when the credentials were refused just before, and are then changed', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const [limited] = await world.registerMany(4, { state: 'Running' });
    const refusals = Promise.withResolvers<void>();
    const tokens = new Set<string>();
    const refused = new Set<string>();
    const ask = async ({ jobId }: { jobId: string }, token: string): Promise<StatusAnswer> => {
      if (jobId === limited) {
        await refusals.promise;
        return { kind: 'RateLimited', retryAt: world.clock.now() + 30 * SECOND };
      }
      // Of account is only what the renewed token is told.
      if (tokens.add(token).size === 2) refused.add(jobId);
      if (refused.size === 3) setTimeout(refusals.resolve, 50);
      return { kind: 'Unauthorized' };
    };
    await expect(world.sweep({}, { status: { ask } })).resolves.toMatchObject({
      credentialsRefused: 1,
      rateLimited: 1,
    });
    await expect(world.checkpoint()).resolves.toMatchObject({ pause: { reason: 'RateLimited' } });
  });
});

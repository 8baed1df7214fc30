import { describe, expect, it } from 'vitest';
import { createStaticToken } from '../../../../functions/adapters/itwin/access-tokens.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { RUNNING, status } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

const UNAUTHORIZED = status(401);

/** A world with so many running jobs that has swept once, so there is a token already. */
async function createRunningWorld(count: number): Promise<World> {
  const world = await createWorld({ tables: 'memory' });
  await world.registerMany(count, { state: 'Running' });
  await world.sweepFor(MINUTE);
  world.forget();
  return world;
}

describe('401', () => {
  it('for 50 checks at once is one token renewal, and one more request for each', async () => {
    await using world = await createRunningWorld(50);
    world.simulator.revokeTokens();

    await expect(world.sweep()).resolves.toMatchObject({
      requests: 100,
      checks: 50,
      refusals: 0,
      failedChecks: 0,
      passesCompleted: 1,
    });
    expect(world.tokenRequests()).toBe(1);
    expect(world.asked().toSorted()).toEqual(world.jobIds.flatMap((jobId) => [jobId, jobId]));
    await expect(world.checkpoint()).resolves.not.toHaveProperty('pause');
  });

  it('is renewed from once a sweep, however many checks are refused one after the other', async () => {
    await using world = await createRunningWorld(9);
    for (const jobId of world.jobIds.slice(1, 3)) world.simulator.setRun(jobId, UNAUTHORIZED);
    await world.sweep({ concurrency: 1 });
    expect(world.tokenRequests()).toBe(1);
    expect(world.asked()).toHaveLength(9 + 1);
  });

  it('is retried only while there is budget', async () => {
    await using world = await createRunningWorld(3);
    world.simulator.revokeTokens();
    const report = await world.sweep({ checksPerMinute: 4 });
    expect(report).toMatchObject({ requests: 4, checks: 1, failedChecks: 0, passesCompleted: 0 });
  });

  it('of a token that others were answered with is a failed check of that job', async () => {
    await using world = await createRunningWorld(6);
    const [sick = '', , ...more] = world.jobIds;
    for (const jobId of [sick, ...more]) world.simulator.setRun(jobId, UNAUTHORIZED);

    const [first] = await world.sweepFor(2 * MINUTE, { concurrency: 1 });
    expect(first).toMatchObject({
      checks: 6,
      refusals: 5,
      failedChecks: 5,
      credentialsRefused: 0,
      passesCompleted: 1,
    });
    await expect(world.job(sick)).resolves.toMatchObject({
      state: 'Running',
      failedChecks: 2,
      lastError: { name: 'Unauthorized' },
    });
    world.simulator.setRun(sick, RUNNING);
    await world.sweep();
    await expect(world.job(sick)).resolves.not.toHaveProperty('failedChecks');
  });

  it('of three jobs is a failed check of each when others were answered, all of them at once', async () => {
    await using world = await createRunningWorld(20);
    const sick = world.jobIds.slice(0, 3);
    for (const jobId of sick) world.simulator.setRun(jobId, UNAUTHORIZED);

    await expect(world.sweep()).resolves.toMatchObject({
      checks: 20,
      failedChecks: 3,
      credentialsRefused: 0,
      passesCompleted: 1,
    });
  });
});

describe('401 to a renewed token, for three different jobs or all there are', () => {
  it.each([1, 2, 3, 200])('(%i jobs) is a pause that touches no job', async (count) => {
    await using world = await createRunningWorld(count);
    const before = await Promise.all(world.jobIds.map(world.job));
    world.simulator.override(UNAUTHORIZED);

    await expect(world.sweep()).resolves.toMatchObject({
      outcome: 'Completed',
      credentialsRefused: 1,
      failedChecks: 0,
    });
    await expect(Promise.all(world.jobIds.map(world.job))).resolves.toEqual(before);
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'CredentialsRefused', until: world.clock.now() + MINUTE, credentials: '1' },
      pauseCount: 1,
    });
    expect(world.tokenRequests()).toBe(1);
  });

  it('stops the requests after the third', async () => {
    await using world = await createRunningWorld(9);
    world.simulator.override(UNAUTHORIZED);
    const report = await world.sweep({ concurrency: 1 });
    expect(report).toMatchObject({ requests: 4, refusals: 3 });
    const [first, second, third] = world.jobIds;
    expect(world.asked()).toEqual([first, first, second, third]);
  });

  it('pauses for 1 min, doubling up to 15', async () => {
    await using world = await createRunningWorld(3);
    world.simulator.override(UNAUTHORIZED);
    await world.sweepFor(46 * MINUTE);
    expect(world.askedMinutes()).toEqual([1, 2, 4, 8, 16, 31, 46]);
  });

  it('is over at once when the credentials change, and not with a cold start', async () => {
    await using world = await createRunningWorld(3);
    world.simulator.override(UNAUTHORIZED);
    await world.sweepFor(8 * MINUTE);
    world.simulator.override(undefined);
    world.restart();
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused', requests: 0 });

    world.credentials.version = '2';
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', checks: 3 });
    const checkpoint = await world.checkpoint();
    expect(checkpoint).toMatchObject({ pauseCount: 0 });
    expect(checkpoint).not.toHaveProperty('pause');
  });

  it('is asked about again when the new credentials are no better', async () => {
    await using world = await createRunningWorld(3);
    world.simulator.override(UNAUTHORIZED);
    await world.sweep();
    world.credentials.version = '2';
    await expect(world.sweep()).resolves.toMatchObject({ credentialsRefused: 1 });
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { credentials: '2', until: world.clock.now() + 2 * MINUTE },
    });
  });

  it('is not retried with a token that cannot be renewed', async () => {
    await using world = await createRunningWorld(1);
    const tokens = createStaticToken('outdated', 'process-1');
    const report = await world.sweep({}, { tokens });
    expect(report).toMatchObject({ requests: 1, credentialsRefused: 1 });
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'CredentialsRefused', credentials: 'process-1' },
    });
  });

  it('does not time out a job that nobody may ask about', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const timeoutAt = world.clock.now() + MINUTE;
    const jobId = await world.register({ state: 'Running', timeoutAt, answer: UNAUTHORIZED });
    const before = await world.job(jobId);
    await world.sweepFor(3 * HOUR, { every: 5 * MINUTE });
    await expect(world.job(jobId)).resolves.toEqual(before);
  });
});

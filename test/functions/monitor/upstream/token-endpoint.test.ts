import { describe, expect, it, vi } from 'vitest';
import { createClientCredentialsTokens } from '../../../../functions/adapters/itwin/access-tokens.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { Misbehaviour } from '../../../../local/itwin-simulator/script.ts';
import { createWorld } from '../support/world.ts';

describe('the access token', () => {
  it('is kept from sweep to sweep, and renewed before it expires', async () => {
    await using world = await createWorld();
    await world.register({ state: 'Running' });
    await world.sweepFor(50 * MINUTE, { every: 10 * MINUTE });
    expect(world.tokenRequests()).toBe(1);
    const reports = await world.sweepFor(30 * MINUTE, { every: 10 * MINUTE });
    expect(world.tokenRequests()).toBe(2);
    expect(reports.map(({ requests }) => requests)).toEqual([1, 1, 1]);
  });

  it('is gone with a cold start', async () => {
    await using world = await createWorld();
    await world.register();
    await world.sweep();
    world.restart();
    await world.sweep();
    expect(world.tokenRequests()).toBe(2);
  });
});

describe('token endpoint fails', () => {
  it.each<[string, Misbehaviour, number?]>([
    ['500', { kind: 'error', status: 500 }],
    ['429', { kind: 'tooManyRequests' }],
    ['something that is no token', { kind: 'brokenJson' }],
    ['a lost connection, and another', { kind: 'reset' }, 2],
    ['nothing', { kind: 'hang' }],
  ])('(%s): pauses like an outage, and touches no job', async (_, answer, requests = 1) => {
    // So little for the others would be too little on a busy machine.
    await using world = await createWorld(answer.kind === 'hang' ? { answerTime: 100 } : {});
    const jobIds = await world.registerMany(20, { state: 'Running' });
    const before = await Promise.all(jobIds.map(world.job));
    world.simulator.overrideTokens(answer);

    await expect(world.sweep()).resolves.toMatchObject({
      requests: 0,
      upstreamDown: 1,
      credentialsRefused: 0,
      errors: 0,
      passesCompleted: 0,
    });
    expect(world.tokenRequests()).toBe(requests);
    await expect(Promise.all(jobIds.map(world.job))).resolves.toEqual(before);
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'UpstreamDown', until: world.clock.now() + MINUTE },
    });
  });

  it('is no fault of the jobs either when that comes to light later than a check may take', async () => {
    await using world = await createWorld({ answerTime: 200 });
    const jobId = await world.register({ state: 'Running' });
    const before = await world.job(jobId);
    world.simulator.overrideTokens({ kind: 'hang' });
    const sweeping = world.sweep();
    await vi.waitFor(() => expect(world.tokenRequests()).toBe(1), { interval: 5 });
    world.clock.advance(10 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ failedChecks: 0, upstreamDown: 1 });
    await expect(world.job(jobId)).resolves.toEqual(before);
  });

  it('pauses for 1 min, doubling up to 15, and goes on when it is back', async () => {
    await using world = await createWorld();
    await world.registerMany(3, { state: 'Running' });
    world.simulator.overrideTokens({ kind: 'error', status: 503 });
    await world.sweepFor(31 * MINUTE);
    expect(world.askedMinutes()).toEqual([0, 1, 3, 7, 15, 30]);

    world.simulator.overrideTokens(undefined);
    world.clock.advance(14 * MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ checks: 3 });
    await expect(world.checkpoint()).resolves.toMatchObject({ pauseCount: 0 });
  });
});

describe('token endpoint refuses the credentials', () => {
  it('pauses as for refused credentials once a second reading finds the same', async () => {
    await using world = await createWorld();
    const jobId = await world.register({ state: 'Running' });
    const before = await world.job(jobId);
    world.simulator.rotateSecret('another');

    await expect(world.sweep()).resolves.toMatchObject({ requests: 0, credentialsRefused: 1 });
    expect(world.tokenRequests()).toBe(1);
    await expect(world.job(jobId)).resolves.toEqual(before);
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'CredentialsRefused', credentials: '1' },
    });

    world.clock.advance(30 * SECOND);
    Object.assign(world.credentials, { clientSecret: 'another', version: '2' });
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', checks: 1 });
  });

  it('does not pause when a second reading finds others that are good', async () => {
    await using world = await createWorld();
    await world.register({ state: 'Running' });
    const stale = { ...world.credentials, clientSecret: 'outdated', version: '0' };
    const readings = [stale, world.credentials];
    const tokens = createClientCredentialsTokens({
      tokenUrl: world.simulator.tokenUrl,
      credentials: {
        read: async () => readings.shift() ?? stale,
        version: async () => world.credentials.version,
      },
      now: world.clock.now,
    });
    await expect(world.sweep({}, { tokens })).resolves.toMatchObject({
      checks: 1,
      credentialsRefused: 0,
    });
    expect(world.tokenRequests()).toBe(2);
  });
});

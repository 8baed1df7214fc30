import { expect, it } from 'vitest';
import { createClientCredentialsTokens } from '../../functions/adapters/itwin/access-tokens.ts';
import { healthView } from '../../functions/api/routes/monitor.ts';
import { health } from '../../functions/core/sweeps/health.ts';
import { MINUTE, SECOND } from '../../functions/core/time.ts';
import type { TokenAnswer } from '../../local/itwin-simulator/script.ts';
import { createWorld, type World } from '../functions/monitor/support/world.ts';

async function worldWithTokens(answer: TokenAnswer, answerTime?: number): Promise<World> {
  const world = await createWorld(answerTime === undefined ? {} : { answerTime });
  world.simulator.overrideTokens(answer);
  return world;
}

async function healthOf(world: World): Promise<object> {
  return healthView(health(await world.checkpoint(), world.clock.now()));
}

it('a token that takes longer than any answer may is waited for', async () => {
  await using world = await worldWithTokens({ kind: 'token', delayMs: 400 }, 200);
  const { simulator, clock, credentials } = world;
  const tokens = createClientCredentialsTokens({
    tokenUrl: simulator.tokenUrl,
    credentials: { read: async () => credentials, version: async () => credentials.version },
    now: clock.now,
  });
  const jobId = await world.register();
  await world.sweep({}, { tokens });
  await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
  await expect(world.checkpoint()).resolves.not.toHaveProperty('pause');
});

it('wrong credentials are told within a minute, with no job registered', async () => {
  await using world = await worldWithTokens({ kind: 'oauthError', error: 'invalid_client' });
  await world.sweep();
  await expect(healthOf(world)).resolves.toMatchObject({
    status: 'Failing',
    pause: { reason: 'CredentialsRefused' },
  });
});

it('a token that lives for nothing is a fault of its endpoint, and one request a sweep', async () => {
  await using world = await worldWithTokens({ kind: 'token', put: { expires_in: 0 } });
  await world.registerMany(20);
  await expect(world.sweep()).resolves.toMatchObject({ pausedFor: 'UpstreamDown' });
  expect(world.tokenRequests()).toBe(1);
  await expect(healthOf(world)).resolves.toMatchObject({ pause: { cause: 'TokenEndpointDown' } });
  world.forget();
  const reports = await world.sweepFor(10 * MINUTE);
  const asking = reports.filter(({ outcome }) => outcome === 'Completed').length;
  expect(world.tokenRequests()).toBeLessThanOrEqual(asking);
});

it('a secret that the token endpoint echoes is nowhere', async () => {
  const error = '{client_secret} echoed back';
  await using world = await worldWithTokens({
    kind: 'oauthError',
    error,
    description: 'for {client_secret}',
  });
  const jobId = await world.register();
  await world.sweep();
  world.clock.advance(90 * SECOND);
  await world.sweep();
  const everything = JSON.stringify([
    world.logged,
    await world.checkpoint(),
    await healthOf(world),
    await world.job(jobId),
    await world.engines.sns.alerts(),
  ]);
  expect(everything).toContain('CredentialsRefused');
  expect(everything).not.toContain(world.simulator.clientSecret);
  expect(everything).not.toContain('echoed back');
});

import { describe, expect, it } from 'vitest';
import { healthView } from '../../functions/api/routes/monitor.ts';
import { health } from '../../functions/core/sweeps/health.ts';
import { HOUR, MINUTE, SECOND } from '../../functions/core/time.ts';
import { answerSchema } from '../../local/itwin-simulator/script.ts';
import { createWorld, type World } from '../functions/monitor/support/world.ts';
import cases from './upstream-answers.json' with { type: 'json' };

/** What must come of the answers of a case. */
interface Outcome {
  /** What the last sweep reports. */
  readonly report?: object;
  readonly job?: object;
  readonly jobLacks?: readonly string[];
  /** What the pause on record is, and how long after the last sweep. */
  readonly pause?: object;
  readonly pausedForSeconds?: number;
  readonly health?: object;
  /** Texts of the one alert; absent: there is none. */
  readonly alerted?: readonly string[];
  readonly logged?: string;
  readonly notLogged?: readonly string[];
  /** For so many hours more upstream answers as it did last; then the job is as told. */
  readonly hours?: number;
}

/** What `GET /health` tells. */
async function healthOf(world: World): Promise<object> {
  return healthView(health(await world.checkpoint(), world.clock.now()));
}

async function expectPause(world: World, { pause, pausedForSeconds = 0 }: Outcome): Promise<void> {
  const until = world.clock.now() + pausedForSeconds * SECOND;
  await expect(world.checkpoint()).resolves.toMatchObject({ pause: { ...pause, until } });
  world.forget();
  world.clock.advance(pausedForSeconds * SECOND - 1);
  await world.sweep();
  expect(world.asked()).toEqual([]);
  world.clock.advance(1);
  await world.sweep();
  expect(world.asked()).not.toEqual([]);
}

async function expectAlert(world: World, texts: readonly string[] | undefined): Promise<void> {
  const alerts = (await world.engines.sns.alerts()).map((alert) => JSON.stringify(alert));
  expect(alerts).toHaveLength(texts ? 1 : 0);
  for (const text of texts ?? []) expect(alerts[0]).toContain(text);
}

describe('upstream answers, and the outcome is the right one', () => {
  it.each(cases as readonly ((typeof cases)[number] & { readonly outcome: Outcome })[])(
    '$name',
    async ({ answers, minutes, outcome }) => {
      await using world = await createWorld({ tables: 'memory' });
      const jobId = await world.register();
      const steps = answers.map((answer) => ({
        answer: answerSchema.parse(answer),
        forRequests: 1,
      }));
      world.simulator.addRun({ jobId, steps });

      if (minutes > 1) await world.sweepFor((minutes - 1) * MINUTE);
      await expect(world.sweep()).resolves.toMatchObject(outcome.report ?? {});
      await expect(healthOf(world)).resolves.toMatchObject(outcome.health ?? {});
      if (outcome.logged) expect(world.logged.join('\n')).toContain(outcome.logged);
      for (const text of outcome.notLogged ?? []) {
        expect(world.logged.join('\n')).not.toContain(text);
      }
      if (outcome.pause) await expectPause(world, outcome);
      if (outcome.hours) await world.sweepFor(outcome.hours * HOUR, { every: 5 * MINUTE });
      const job = await world.job(jobId);
      expect(job).toMatchObject(outcome.job ?? {});
      for (const field of outcome.jobLacks ?? []) expect(job).not.toHaveProperty(field);
      await expectAlert(world, outcome.alerted);
    },
  );
});

describe('one run that is limited for itself', () => {
  it('beside 200 others starves none of them, and ends at its time', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const timeoutAt = world.clock.now() + 10 * MINUTE;
    const answer = { kind: 'tooManyRequests', retryAfter: 3 } as const;
    const limited = await world.register({ state: 'Running', answer, timeoutAt });
    const others = await world.registerMany(200, { state: 'Running' });

    await world.sweepFor(3 * MINUTE, { concurrency: 10 });
    expect(new Set(world.asked())).toEqual(new Set([limited, ...others]));
    world.forget();
    const [pass] = await world.sweepFor(MINUTE);
    expect(pass).toMatchObject({ checks: 200, passesCompleted: 1, rateLimited: 0 });
    await expect(world.job(limited)).resolves.toMatchObject({
      state: 'Running',
      lastError: { name: 'RateLimited' },
    });
    await expect(world.checkpoint()).resolves.not.toHaveProperty('pause');

    await world.sweepFor(80 * MINUTE, { every: 5 * MINUTE });
    await expect(world.job(limited)).resolves.toMatchObject({ state: 'TimedOut' });
  }, 60_000);
});

describe('one pending job while upstream is down', () => {
  it('is told of within 6 min, and so is the end of it', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running' });
    await world.sweepFor(MINUTE);
    world.simulator.setRun(jobId, { kind: 'error', status: 503, form: 'text' });
    const failingSince = world.clock.now();

    const reports = await world.sweepFor(6 * MINUTE);
    expect(reports.map(({ pausedFor }) => pausedFor)).toEqual([
      ...Array(5).fill(undefined),
      'UpstreamDown',
    ]);
    await expect(healthOf(world)).resolves.toMatchObject({
      status: 'Degraded',
      pause: null,
      outage: { since: new Date(failingSince).toISOString() },
    });
    const told = () =>
      world.logged.filter((line) => line.includes('The operator was told of a trouble'));
    expect(told()).toHaveLength(1);
    await world.sweepFor(10 * MINUTE);
    expect(told()).toHaveLength(1);

    world.simulator.setRun(jobId, { state: 'Running' });
    const [over] = await world.sweepFor(7 * MINUTE);
    expect(over).not.toHaveProperty('pausedFor');
    await expect(healthOf(world)).resolves.toMatchObject({ outage: null });
    expect(world.logged.join('\n')).toContain('The operator was told that a trouble is over');
  });
});

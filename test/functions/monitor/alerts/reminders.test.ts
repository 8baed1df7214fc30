import { expect, it } from 'vitest';
import { cancel } from '../../../../functions/core/jobs/watch.ts';
import type { AlertTopic } from '../../../../functions/core/ports.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { FAILED, RUNNING, status } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

/** Minutes in which nothing happens need no sweep each. */
const SELDOM = { every: 10 * MINUTE };

const silent: AlertTopic = { publish: () => Promise.reject(new Error('The topic is down.')) };

/** Registers a job that somebody wants to be reminded of after an hour. */
async function registerWithReminder(world: World, answer = RUNNING): Promise<string> {
  const jobId = await world.register({ answer });
  const remindAt = world.clock.now() + HOUR;
  await world.change(jobId, (job) => ({ ...job, remindAt, version: job.version + 1 }));
  return jobId;
}

it('a job that is still pending when its reminder is due is told of, once', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await registerWithReminder(world);
  await world.sweepFor(59 * MINUTE, SELDOM);
  await expect(world.alerts()).resolves.toEqual([]);

  await world.sweepFor(10 * MINUTE);
  await expect(world.alerts()).resolves.toMatchObject([
    { jobId, kind: 'StillRunning', state: 'Running' },
  ]);
  const job = await world.job(jobId);
  expect(job).toMatchObject({ state: 'Running', alerts: [{ kind: 'StillRunning' }] });
  for (const done of ['owed', 'remindAt']) expect(job).not.toHaveProperty(done);
});

it('a reminder is due whatever the checks say: it is most wanted when they fail', async () => {
  await using world = await createWorld({ tables: 'memory' });
  await registerWithReminder(world, status(503));
  await world.register();
  await world.sweepFor(62 * MINUTE, SELDOM);
  await expect(world.alerts()).resolves.toMatchObject([
    { kind: 'StillRunning', state: 'Registered' },
  ]);
});

it('a reminder that cannot be published stays owed while the job is pending', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await registerWithReminder(world);
  await world.sweepFor(61 * MINUTE, SELDOM, { topic: silent });
  expect(Object.values((await world.job(jobId)).owed ?? {})).toEqual(['StillRunning']);

  await world.sweepFor(2 * MINUTE);
  await expect(world.alerts()).resolves.toMatchObject([{ jobId, kind: 'StillRunning' }]);
});

it('a reminder that is owed is dropped when the job ends first', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await registerWithReminder(world);
  await world.sweepFor(61 * MINUTE, SELDOM, { topic: silent });

  world.simulator.setRun(jobId, FAILED);
  await world.sweepFor(2 * MINUTE);
  await expect(world.alerts()).resolves.toMatchObject([{ jobId, kind: 'Ended', state: 'Failed' }]);
});

it('a job that is cancelled owes nothing any more', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await registerWithReminder(world);
  await world.sweepFor(61 * MINUTE, SELDOM, { topic: silent });

  await world.change(jobId, (job) => cancel(job, world.clock.now(), 'somebody'));
  await world.sweepFor(2 * MINUTE);
  await expect(world.alerts()).resolves.toEqual([]);
  await expect(world.job(jobId)).resolves.not.toHaveProperty('owed');
});

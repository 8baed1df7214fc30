import { expect, it } from 'vitest';
import { AlertRefused } from '../../../../functions/core/errors.ts';
import { cancel, reopen } from '../../../../functions/core/jobs/watch.ts';
import type { AlertTopic, JobStore } from '../../../../functions/core/ports.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { FAILED, SUCCEEDED } from '../support/answers.ts';
import { brokenTopic } from '../support/broken-topic.ts';
import { createWorld } from '../support/world.ts';

it('an alert that the topic refuses as invalid is published bare', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await world.register({ answer: FAILED, label: 'Bridge 7' });
  const topic: AlertTopic = {
    async publish(message, signal) {
      if (message.default.includes('Bridge 7')) throw new AlertRefused('Not with that name.');
      await world.ports.topic.publish(message, signal);
    },
  };
  await expect(world.sweep({}, { topic })).resolves.toMatchObject({
    alertsPublished: 1,
    bareAlerts: 1,
    alertsFailed: 0,
  });
  const id = `${jobId}/2026-02-01T00:00:00.000Z/2`;
  const [alert, ...others] = await world.alerts();
  expect(alert).toMatchObject({ id, kind: 'Ended', bare: true, jobId, label: null });
  expect(alert).toMatchObject({ state: 'Failed', reason: null, logs: null });
  expect(others).toEqual([]);
  await expect(world.job(jobId)).resolves.not.toHaveProperty('owed');
});

it('an alert that no words can be made of is published bare', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await world.register({ answer: FAILED });
  await world.change(jobId, (job) => ({ ...job, startedAt: 9e15, version: job.version + 1 }));
  await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, bareAlerts: 1 });
  const alerts = [{ jobId, state: 'Failed', bare: true, startedAt: null }];
  await expect(world.alerts()).resolves.toMatchObject(alerts);
});

it('a crash between publishing and marking publishes again, by the same id', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await world.register({ answer: SUCCEEDED });
  const { jobs } = world.ports;
  const dying: JobStore = {
    ...jobs,
    async update(before, after, signal) {
      if (before.owed) throw new Error('The process is gone.');
      return jobs.update(before, after, signal);
    },
  };
  await world.sweep({}, { jobs: dying });
  world.restart();
  await world.sweepFor(2 * MINUTE);

  const id = `${jobId}/2026-02-01T00:00:00.000Z/2`;
  await expect(world.alerts()).resolves.toMatchObject([{ id }, { id }]);
  const job = await world.job(jobId);
  expect(job.alerts).toMatchObject([{ id }]);
  expect(job).not.toHaveProperty('owed');
});

it('an alert is marked even when somebody writes the job at the same time', async () => {
  await using world = await createWorld();
  const jobId = await world.register({ answer: SUCCEEDED });
  const { publish } = world.ports.topic;
  const topic: AlertTopic = {
    async publish(message, signal) {
      await publish(message, signal);
      await world.change(jobId, (job) => ({ ...job, label: 'New', version: job.version + 1 }));
    },
  };
  await expect(world.sweep({}, { topic })).resolves.toMatchObject({ lostConditions: 1, errors: 0 });
  const job = await world.job(jobId);
  expect(job).toMatchObject({ label: 'New', alerts: [{ kind: 'Ended' }] });
  expect(job).not.toHaveProperty('owed');
});

it('the alert of an end goes out also when the job was reopened meanwhile', async () => {
  await using world = await createWorld();
  const timeoutAt = world.clock.now();
  const jobId = await world.register({ state: 'Running', timeoutAt });
  await world.sweep({}, { topic: brokenTopic });
  await expect(world.job(jobId)).resolves.toMatchObject({ state: 'TimedOut' });
  world.clock.advance(MINUTE);
  const registeredAt = world.clock.now();
  await world.change(jobId, (job) =>
    reopen(job, { ...job, registeredAt, timeoutAt: registeredAt + DAY }),
  );

  await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, checks: 1 });
  const id = `${jobId}/2026-02-01T00:00:00.000Z/3`;
  await expect(world.alerts()).resolves.toMatchObject([{ id, state: 'TimedOut' }]);
  const job = await world.job(jobId);
  expect(job).toMatchObject({ state: 'Running', alerts: [{ id }] });
  expect(job).not.toHaveProperty('owed');

  world.simulator.setRun(jobId, SUCCEEDED);
  await world.sweep();
  await expect(world.alerts()).resolves.toMatchObject([
    { state: 'TimedOut' },
    { state: 'Succeeded' },
  ]);
});

it('a cancelled job owes no alert', async () => {
  await using world = await createWorld({ tables: 'memory' });
  const jobId = await world.register();
  await world.change(jobId, (job) => cancel(job, world.clock.now(), 'somebody'));
  await expect(world.sweep()).resolves.toMatchObject({ requests: 0, alertsPublished: 0 });
});

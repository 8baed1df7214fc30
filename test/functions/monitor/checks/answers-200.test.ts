import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import type { Answer } from '../../../../local/itwin-simulator/script.ts';
import { FAILED, QUEUED, RUNNING, SUCCEEDED } from '../support/answers.ts';
import { brokenTopic } from '../support/broken-topic.ts';
import { createWorld } from '../support/world.ts';

describe('200, same state', () => {
  it('leaves the job as it is', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: RUNNING });
    const before = await world.job(jobId);

    await expect(world.sweep()).resolves.toMatchObject({
      outcome: 'Completed',
      requests: 1,
      checks: 1,
      transitions: 0,
      pending: 1,
      passesCompleted: 1,
    });
    await expect(world.job(jobId)).resolves.toEqual(before);
  });
});

describe('200, new non-terminal state', () => {
  it('is a transition with its reason, and no alert', async () => {
    await using world = await createWorld();
    const jobId = await world.register({ answer: QUEUED });
    await world.sweepFor(MINUTE);
    world.simulator.setRun(jobId, RUNNING);
    const report = await world.sweep();

    expect(report).toMatchObject({ transitions: 1, jobsEnded: 0, unknownStates: 0 });
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'Running',
      reason: 'Not completed yet.',
      version: 3,
      transitions: [
        { from: 'Registered', to: 'Queued', reason: 'Waiting.', version: 2 },
        { from: 'Queued', to: 'Running', at: world.clock.now(), version: 3 },
      ],
    });
    await expect(world.alerts()).resolves.toEqual([]);
  });

  it('that is an unknown word is logged and counted once, and watched on until a known end', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: { state: 'Completed' } });
    const reports = await world.sweepFor(3 * MINUTE);

    expect(reports.map(({ unknownStates }) => unknownStates)).toEqual([1, 0, 0]);
    expect(world.logged).toEqual([expect.stringContaining("to: 'Completed'")]);
    world.simulator.setRun(jobId, SUCCEEDED);
    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, alertsPublished: 1 });
  });

  it('that is an unknown word is watched until timeoutAt and no longer', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({
      answer: { state: 'Archived' },
      timeoutAt: world.clock.now() + DAY,
    });
    await world.sweep();
    world.clock.advance(DAY - 1);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Archived' });
    world.clock.advance(1);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'TimedOut' });
  });

  it.each(['Registered', 'NotFound', 'AccessDenied', 'TimedOut', 'Cancelled'])(
    "that is the monitor's own word %s is stored as Upstream:<word> and ends nothing",
    async (word) => {
      await using world = await createWorld({ tables: 'memory' });
      const jobId = await world.register({ answer: { state: word } });
      await world.sweepFor(2 * MINUTE);

      await expect(world.job(jobId)).resolves.toMatchObject({
        state: `Upstream:${word}`,
        version: 2,
      });
      expect(world.asked()).toEqual([jobId, jobId]);
      await expect(world.alerts()).resolves.toEqual([]);
    },
  );

  it.each(['', 'In progress', '7th', 'Running\n', '<b>Running</b>', 'x'.repeat(65)])(
    'that is no word (%j) is a failed check',
    async (word) => {
      await using world = await createWorld({ tables: 'memory' });
      const jobId = await world.register({ state: 'Running', answer: { state: word } });
      const report = await world.sweep();

      expect(report).toMatchObject({ failedChecks: 1, transitions: 0, passesCompleted: 1 });
      await expect(world.job(jobId)).resolves.toMatchObject({
        state: 'Running',
        failedChecks: 1,
        lastError: { name: 'UnexpectedResponse' },
      });
    },
  );
});

describe('200, terminal', () => {
  it.each(['Succeeded', 'PartiallySucceeded', 'Failed'])(
    '%s ends the job and is published in the same sweep',
    async (state) => {
      await using world = await createWorld({ tables: 'memory' });
      const jobId = await world.register({ answer: { state, reason: 'So it is.' } });
      const report = await world.sweep();

      expect(report).toMatchObject({ transitions: 1, jobsEnded: 1, alertsPublished: 1 });
      const id = `${jobId}/2026-02-01T00:00:00.000Z/2`;
      const job = await world.job(jobId);
      expect(job).toMatchObject({
        state,
        reason: 'So it is.',
        endedAt: world.clock.now(),
        alerts: [{ id, kind: 'Ended', at: world.clock.now() }],
      });
      expect(job).not.toHaveProperty('owed');
      await expect(world.alerts()).resolves.toMatchObject([
        { id, jobId, state, reason: 'So it is.' },
      ]);
      await world.sweep();
      expect(world.asked()).toHaveLength(1);
      await expect(world.alerts()).resolves.toHaveLength(1);
    },
  );

  it('is put on record by the very write that owes the alert', async () => {
    await using world = await createWorld();
    const jobId = await world.register({ answer: FAILED });
    await world.sweep({}, { topic: brokenTopic });

    const { version, ...job } = await world.job(jobId);
    expect(version).toBe(2);
    expect(job).toMatchObject({
      state: 'Failed',
      containsIssues: true,
      logsUrl: expect.stringContaining(`${world.simulator.url}/`),
      owed: { [`${jobId}/2026-02-01T00:00:00.000Z/2`]: 'Ended' },
    });
  });

  it('clears whatever had gone wrong before', async () => {
    await using world = await createWorld();
    const jobId = await world.register({ answer: { kind: 'brokenJson' } });
    await world.sweepFor(MINUTE);
    world.simulator.setRun(jobId, SUCCEEDED);
    await world.sweep();

    const job = await world.job(jobId);
    expect(job.state).toBe('Succeeded');
    expect(job).not.toHaveProperty('failedChecks');
    expect(job).not.toHaveProperty('lastError');
  });
});

describe('200 that is not the documented shape, or over 64 KiB', () => {
  const json = (status: unknown): Answer => ({
    kind: 'raw',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });

  it.each<[string, Answer]>([
    ['JSON that is cut off', { kind: 'brokenJson' }],
    ['another document', { kind: 'wrongShape' }],
    ['a body over 64 KiB', { kind: 'hugeBody', bytes: 65 * 1_024 }],
    ['a web page', { kind: 'raw', status: 200, body: '<html>Succeeded</html>' }],
    ['nothing', { kind: 'raw', status: 200 }],
    ['a state that is no text', json({ state: 3 })],
  ])('(%s) is a failed check, and the next good answer mends it', async (_, answer) => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer });
    const [first] = await world.sweepFor(2 * MINUTE);

    expect(first).toMatchObject({ failedChecks: 1, transitions: 0, passesCompleted: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'Running',
      failedChecks: 2,
      lastError: { name: 'UnexpectedResponse', at: world.clock.now() - MINUTE },
    });
    world.simulator.setRun(jobId, RUNNING);
    await expect(world.sweep()).resolves.toMatchObject({ failedChecks: 0 });
    const mended = await world.job(jobId);
    expect(mended).not.toHaveProperty('failedChecks');
    expect(mended).not.toHaveProperty('lastError');
  });

  it('(other fields of another type) is an end all the same; they are left out and counted', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({
      answer: json({ state: 'Failed', reason: {}, containsIssues: 'true', _links: 7 }),
    });
    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, fieldsLeftOut: 2 });
    const job = await world.job(jobId);
    expect(job.state).toBe('Failed');
    expect(job).not.toHaveProperty('reason');
    expect(job).not.toHaveProperty('containsIssues');
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'Failed' }]);
  });

  it('(a body of just under 64 KiB) is a good answer, its reason cut to 1 KB', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: { kind: 'hugeBody', bytes: 63 * 1_024 } });
    await world.sweep();
    const { state, reason = '' } = await world.job(jobId);
    expect(state).toBe('Running');
    expect(reason).toBe('x'.repeat(1_024));
  });

  it('(a link to another host) is a good answer, without the link', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const _links = { logs: { href: 'https://evil.example/logs' } };
    const jobId = await world.register({ answer: json({ state: 'Succeeded', _links }) });
    await world.sweep();
    const job = await world.job(jobId);
    expect(job.state).toBe('Succeeded');
    expect(job).not.toHaveProperty('logsUrl');
  });
});

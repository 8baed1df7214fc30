import { describe, expect, it } from 'vitest';
import type { AlertTopic, JobStore } from '../../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { Misbehaviour } from '../../../../local/itwin-simulator/script.ts';
import { RUNNING } from '../support/answers.ts';
import { brokenTopic } from '../support/broken-topic.ts';
import { askedForLogs, ENTRY, failedWith, logsOf, unread } from '../support/logs.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

/** A world in which so many runs have failed, and nobody was told yet. */
async function createOwingWorld(count: number, options: WorldOptions = {}): Promise<World> {
  const world = await createWorld({ tables: 'memory', ...options });
  await world.registerMany(count, { state: 'Failed', answer: failedWith([ENTRY]) });
  return world;
}

describe('the logs of runs whose alert an earlier sweep left owed', () => {
  it('are read before it is published', async () => {
    await using world = await createOwingWorld(3);
    await expect(world.sweep()).resolves.toMatchObject({
      requests: 3,
      alertsPublished: 3,
      logsUnread: 0,
    });
    expect(askedForLogs(world).toSorted()).toEqual(world.jobIds);
    for (const jobId of world.jobIds) {
      expect(await logsOf(world, jobId)).toMatchObject({ kind: 'Digest', messages: [ENTRY] });
    }
  });

  it('are not read while requests are paused, and the alert says so', async () => {
    await using world = await createOwingWorld(1);
    const [jobId = ''] = world.jobIds;
    await world.register({ answer: { kind: 'tooManyRequests', retryAfter: 3_600 } });
    await world.sweep({}, { topic: brokenTopic });
    world.clock.advance(MINUTE);
    world.forget();
    await expect(world.sweep()).resolves.toMatchObject({
      outcome: 'Paused',
      requests: 0,
      alertsPublished: 1,
      logsUnread: 1,
    });
    expect(world.simulator.requests.list()).toEqual([]);
    const logs = unread('Requests to the iTwin Platform are paused.');
    expect(await logsOf(world, jobId)).toEqual(logs);
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, logs }]);
  });

  it('take half of the budget at most, and the other alerts go out all the same', async () => {
    await using world = await createOwingWorld(20);
    const pending = await world.registerMany(5, { answer: RUNNING });
    await expect(world.sweep({ checksPerMinute: 10 })).resolves.toMatchObject({
      requests: 10,
      checks: 5,
      alertsPublished: 20,
      logsUnread: 15,
    });
    expect(askedForLogs(world)).toHaveLength(5);
    expect(world.asked()).toEqual(pending);
  });

  it('make no request after a 429, nor does any check of that sweep', async () => {
    await using world = await createOwingWorld(1);
    const [jobId = ''] = world.jobIds;
    world.simulator.setRun(jobId, failedWith({ kind: 'tooManyRequests', retryAfter: 300 }));
    await world.registerMany(5);
    await expect(world.sweep()).resolves.toMatchObject({
      requests: 1,
      checks: 0,
      rateLimited: 1,
      alertsPublished: 1,
    });
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'RateLimited', until: world.clock.now() + 300 * SECOND },
    });
  });

  it.each<[string, Misbehaviour]>([
    ['answers 503', { kind: 'error', status: 503 }],
    ['refuses the credentials', { kind: 'error', status: 401 }],
    ['does not answer', { kind: 'hang' }],
  ])('stay unread when the token endpoint %s, and no request leaves', async (_, answer) => {
    await using world = await createOwingWorld(20, { answerTime: 100 });
    await world.register();
    world.simulator.overrideTokens(answer);
    const report = await world.sweep();
    expect(report).toMatchObject({ requests: 0, alertsPublished: 20, logsUnread: 20, errors: 0 });
    expect(world.tokenRequests()).toBe(1);
    await expect(world.checkpoint()).resolves.toHaveProperty('pause');
    const reasons = await Promise.all(world.jobIds.slice(0, 20).map((id) => logsOf(world, id)));
    expect(reasons).toContainEqual(unread('There is no access token to ask with.'));
  });

  it('hold up the alert no longer than 5 s for want of a token', async () => {
    await using world = await createOwingWorld(1, { answerTime: 60 * SECOND });
    const [jobId = ''] = world.jobIds;
    world.simulator.overrideTokens({ kind: 'hang' });
    const sweeping = world.sweep();
    await expect.poll(() => world.tokenRequests()).toBe(1);
    world.simulator.overrideTokens(undefined);
    world.clock.advance(5 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ alertsPublished: 1, logsUnread: 1 });
    expect(await logsOf(world, jobId)).toEqual(unread('Reading them took longer than 5 s.'));
  });

  it('are not asked for once the topic is given up in this sweep', async () => {
    await using world = await createOwingWorld(30);
    await expect(world.sweep({}, { topic: brokenTopic })).resolves.toMatchObject({
      alertsPublished: 0,
    });
    expect(askedForLogs(world).length).toBeLessThanOrEqual(2 + 8);
  });
});

describe('what the logs say is not lost', () => {
  it('when the process dies while it reads them', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith([ENTRY]) });
    const topic: AlertTopic = {
      async publish() {
        throw new Error('The process is gone.');
      },
    };
    await world.sweep({}, { topic });
    world.restart();
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    expect(await logsOf(world, jobId)).toMatchObject({ kind: 'Digest', entries: 1 });
  });

  it('when the alert cannot be marked: it is published again with logs read again', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith([ENTRY]) });
    const { jobs } = world.ports;
    const dying: JobStore = {
      ...jobs,
      async update(before, after, signal) {
        if (before.owed) throw new Error('The process is gone.');
        return jobs.update(before, after, signal);
      },
    };
    await world.sweep({}, { jobs: dying });
    expect(await logsOf(world, jobId)).toBeUndefined();
    await world.sweep();
    expect(askedForLogs(world)).toEqual([jobId, jobId]);
    expect(await logsOf(world, jobId)).toMatchObject({ kind: 'Digest', entries: 1 });
    await expect(world.alerts()).resolves.toHaveLength(2);
  });

  it('when somebody writes the job at the same time', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith([ENTRY]) });
    const topic: AlertTopic = {
      async publish(...message) {
        await world.ports.topic.publish(...message);
        await world.change(jobId, (job) => ({ ...job, label: 'New', version: job.version + 1 }));
      },
    };
    await expect(world.sweep({}, { topic })).resolves.toMatchObject({ lostConditions: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({
      label: 'New',
      logs: { kind: 'Digest', entries: 1 },
      alerts: [{ kind: 'Ended' }],
    });
  });

  it('and what is on record already is not read again', async () => {
    await using world = await createOwingWorld(1);
    const [jobId = ''] = world.jobIds;
    const logs = unread('Once before.') as { kind: 'Unread'; reason: string };
    await world.change(jobId, (job) => ({ ...job, logs, version: job.version + 1 }));
    await expect(world.sweep()).resolves.toMatchObject({ requests: 0, alertsPublished: 1 });
    expect(await logsOf(world, jobId)).toEqual(logs);
  });
});

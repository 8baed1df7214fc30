import { describe, expect, it } from 'vitest';
import type { AlertTopic } from '../../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { FAILED, SUCCEEDED } from '../support/answers.ts';
import { brokenTopic } from '../support/broken-topic.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

/** A world in which so many jobs have ended and owe their alert. */
async function createOwingWorld(
  count: number,
  tables: WorldOptions['tables'] = 'memory',
): Promise<World> {
  const world = await createWorld({ tables });
  await world.registerMany(count, { answer: SUCCEEDED });
  await world.sweep({}, { topic: brokenTopic });
  await expect(world.alerts()).resolves.toEqual([]);
  world.clock.advance(MINUTE);
  return world;
}

/** A topic that fails so many times before it works. */
function failingFirst(times: number, { publish }: AlertTopic): AlertTopic {
  let left = times;
  return {
    async publish(message, signal) {
      left -= 1;
      if (left >= 0) throw new Error('The topic does not answer for a moment.');
      await publish(message, signal);
    },
  };
}

async function alertedJobs(world: World): Promise<string[]> {
  return (await world.alerts()).map(({ jobId }) => jobId).toSorted();
}

describe('alerts that earlier sweeps left owed', () => {
  it('are published before anything is checked', async () => {
    await using world = await createOwingWorld(1);
    const [owing = ''] = world.jobIds;
    await world.register({ answer: FAILED });
    const events: string[] = [];
    const { topic, status } = world.ports;
    const report = await world.sweep(
      {},
      {
        topic: {
          publish(message, signal) {
            events.push(`publish ${JSON.parse(message.default).state}`);
            return topic.publish(message, signal);
          },
        },
        status: {
          ask(...request) {
            events.push('ask');
            return status.ask(...request);
          },
        },
      },
    );
    expect(report).toMatchObject({ alertsPublished: 2 });
    expect(events).toEqual(['publish Succeeded', 'ask', 'publish Failed']);
    await expect(world.job(owing)).resolves.not.toHaveProperty('owed');
  });

  it('are published while requests are paused', async () => {
    await using world = await createOwingWorld(2);
    await world.register({ answer: { kind: 'tooManyRequests', retryAfter: 3_600 } });
    await world.sweep({}, { topic: brokenTopic });
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({
      outcome: 'Paused',
      requests: 0,
      alertsPublished: 2,
    });
    await expect(alertedJobs(world)).resolves.toEqual(world.jobIds.slice(0, 2));
  });

  it('are published without budget', async () => {
    await using world = await createOwingWorld(20);
    await expect(world.sweep({ checksPerMinute: 1 })).resolves.toMatchObject({
      alertsPublished: 20,
    });
  });

  it('go out once each, by the id they had at first, when the topic is back', async () => {
    await using world = await createOwingWorld(110);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 110, alertsFailed: 0 });
    await expect(alertedJobs(world)).resolves.toEqual(world.jobIds);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 0 });
    for (const { id, jobId } of await world.alerts()) {
      expect(id).toBe(`${jobId}/2026-02-01T00:00:00.000Z/2`);
    }
  });

  it('are left to the next sweep after 10 s', async () => {
    await using world = await createOwingWorld(30);
    const pending = await world.register();
    const slow: AlertTopic = {
      publish(message, signal) {
        world.clock.advance(SECOND);
        return world.ports.topic.publish(message, signal);
      },
    };
    const first = await world.sweep({}, { topic: slow });
    expect(first).toMatchObject({ outcome: 'Completed', alertsFailed: 0, checks: 1 });
    expect(first.alertsPublished).toBeLessThan(20);
    expect(world.asked()).toContain(pending);
    await expect(world.sweep()).resolves.toMatchObject({
      alertsPublished: 30 - first.alertsPublished,
    });
    await expect(alertedJobs(world)).resolves.toEqual(world.jobIds.slice(0, 30));
  });
});

describe('a topic that does not answer', () => {
  it('three times in a row ends all publishing of the sweep, but no check', async () => {
    await using world = await createOwingWorld(40, 'DynamoDB');
    await world.registerMany(5, { answer: FAILED });
    world.forget();
    let attempts = 0;
    const topic: AlertTopic = {
      publish(message) {
        attempts += 1;
        return brokenTopic.publish(message);
      },
    };
    const report = await world.sweep({}, { topic });
    expect(report).toMatchObject({ jobsEnded: 5, alertsPublished: 0, errors: 0 });
    // Those under way when the third fails cannot be called back.
    expect(attempts).toBeLessThanOrEqual(2 + 8);
    expect(report.alertsFailed).toBe(attempts);
    const reads = world.commands.filter(({ name }) => name === 'GetItem Jobs');
    expect(reads.length).toBeLessThan(30);

    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 45 });
    await expect(alertedJobs(world)).resolves.toEqual(world.jobIds);
  });

  it('again and again, but never three times in a row, delays only those alerts', async () => {
    await using world = await createOwingWorld(12);
    let last = Promise.resolve();
    let count = 0;
    const topic: AlertTopic = {
      publish(message, signal) {
        count += 1;
        const { publish } = count % 3 === 0 ? world.ports.topic : brokenTopic;
        const next = last.then(() => publish(message, signal));
        last = next.catch(() => undefined);
        return next;
      },
    };
    await expect(world.sweep({}, { topic })).resolves.toMatchObject({
      alertsPublished: 4,
      alertsFailed: 8,
    });
  });

  it('twice in a row delays only those two', async () => {
    await using world = await createOwingWorld(5);
    const topic = failingFirst(2, world.ports.topic);
    await expect(world.sweep({}, { topic })).resolves.toMatchObject({
      alertsPublished: 3,
      alertsFailed: 2,
    });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 2 });
    await expect(alertedJobs(world)).resolves.toEqual(world.jobIds);
  });
});

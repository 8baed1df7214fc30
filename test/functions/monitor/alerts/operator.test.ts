import { describe, expect, it, vi } from 'vitest';
import type { Subscription } from '../../../../functions/core/alerts/listeners.ts';
import { health } from '../../../../functions/core/sweeps/health.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { unsubscribeAll } from '../../../local/sns/unsubscribe-all.ts';
import { SUCCEEDED } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

const LOOKED = { confirmed: 1, pending: 0, unconfirmed: 0, vanished: 0, operators: 1 };

/** A subscription on record that the topic knows nothing of. */
function vanished({ clock }: World): Subscription {
  const at = clock.now() - HOUR;
  return {
    subscriptionId: 'team',
    protocol: 'email',
    endpoint: 'team@example.com',
    filter: {},
    subscribedAt: at,
    subscribedBy: 'test',
    updatedAt: at,
    updatedBy: 'test',
    version: 1,
  };
}

describe('who gets alerts', () => {
  it('is looked up by the first sweep, and kept in the checkpoint by the write it makes anyway', async () => {
    await using world = await createWorld();
    const report = await world.sweep();
    const listeners = { ...LOOKED, checkedAt: world.clock.now() };
    expect(report.listeners).toEqual(listeners);
    expect(await world.checkpoint()).toMatchObject({ listeners });
    expect(world.commands.map(({ name }) => name).sort()).toEqual([
      'GetItem Checkpoint',
      'PutItem Checkpoint',
      'PutItem Checkpoint',
      'Query Jobs',
      'Query Jobs',
      'Scan Subscriptions',
    ]);
  });

  it('is looked up every 15 minutes and told by each sweep', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const start = world.clock.now();
    const list = vi.fn(async () => []);
    const reports = await world.sweepFor(HOUR, {}, { subscriptions: { list } });
    expect(list).toHaveBeenCalledTimes(4);
    const told = reports.map(({ listeners }) => (listeners?.checkedAt ?? 0) - start);
    expect(told.slice(0, 15)).toEqual(Array(15).fill(0));
    expect(told.slice(15, 30)).toEqual(Array(15).fill(15 * MINUTE));
  });

  it('is nobody once the last subscription is gone', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.sweep();
    await unsubscribeAll(world.engines.sns);
    world.clock.advance(15 * MINUTE);
    expect((await world.sweep()).listeners).toMatchObject({ confirmed: 0 });
    expect(world.logged.join()).toContain('Nobody gets alerts');
  });

  it('tells of whom the table knows and the topic does not', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const subscriptions = { list: async () => [vanished(world)] };
    const report = await world.sweep({}, { subscriptions });
    expect(report.listeners).toMatchObject({ confirmed: 1, vanished: 1 });
    expect(world.logged.join()).not.toContain('team@example.com');
  });

  it('tells of whom the deployment declares and the topic does not know', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const declared = [{ protocol: 'email', endpoint: 'team@example.com' }];
    const subscribers = { ...world.ports.subscribers, declared };
    const report = await world.sweep({}, { subscribers });
    expect(report.listeners).toMatchObject({ confirmed: 1, vanished: 1 });
  });

  it('is looked up while requests are paused', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: { kind: 'tooManyRequests', retryAfter: 3_600 } });
    await world.sweepFor(16 * MINUTE);
    const checkpoint = await world.checkpoint();
    expect(checkpoint?.pause).toBeDefined();
    expect(checkpoint?.listeners?.checkedAt).toBe(world.clock.now() - MINUTE);
  });
});

describe('a look that fails', () => {
  it('holds up nothing, is counted, and is made again by the next sweep', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: SUCCEEDED });
    const list = () => Promise.reject(new Error('SNS is down.'));
    const report = await world.sweep({}, { subscribers: { declared: [], list } });
    expect(report).toMatchObject({
      outcome: 'Completed',
      checks: 1,
      alertsPublished: 1,
      errors: 1,
    });
    expect(report).not.toHaveProperty('listeners');
    expect((await world.job(jobId)).state).toBe('Succeeded');
    expect(world.logged.join()).toContain('SNS is down.');
    expect((await world.sweep()).listeners).toMatchObject(LOOKED);
  });

  it('leaves what was known as it was', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const before = (await world.sweep()).listeners;
    world.clock.advance(15 * MINUTE);
    const list = () => Promise.reject(new Error('SNS is down.'));
    const report = await world.sweep({}, { subscribers: { declared: [], list } });
    expect(report.listeners).toEqual(before);
    expect((await world.checkpoint())?.listeners).toEqual(before);
  });

  it('is given up after five seconds', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const list = (signal?: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        setImmediate(() => world.clock.advance(5 * SECOND));
      });
    const report = await world.sweep({}, { subscribers: { declared: [], list } });
    expect(report).toMatchObject({ outcome: 'Completed', errors: 1 });
  });
});

it('a monitor that may publish to no topic is failing by its health and by its metrics', async () => {
  await using world = await createWorld({ tables: 'memory' });
  await world.register({ answer: SUCCEEDED });
  const publish = () => Promise.reject(new Error('Not authorized to perform SNS:Publish.'));
  const { topic, operators } = world.ports;
  const refused = { topic: { ...topic, publish }, operators: { ...operators, publish } };
  const reports = await world.sweepFor(20 * MINUTE, {}, refused);
  expect(health(await world.checkpoint(), world.clock.now())).toMatchObject({
    status: 'Failing',
    troubles: [{ name: 'AlertsFailing' }],
  });
  expect(reports.at(-1)).toMatchObject({ outcome: 'Completed', noticesFailed: 1 });
});

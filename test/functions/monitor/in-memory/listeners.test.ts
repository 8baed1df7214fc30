import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { createMemoryWorld } from './memory-world.ts';

describe('who gets alerts', () => {
  const email = (endpoint: string, arn?: string) => ({
    protocol: 'email',
    endpoint,
    ...(arn && { arn }),
  });

  it('is logged when it is nobody', async () => {
    const world = createMemoryWorld();
    world.ports.subscribers.list = async () => [email('a@example.com')];
    const { listeners } = await world.sweep();
    expect(listeners).toMatchObject({ confirmed: 0, pending: 1 });
    expect(world.logged).toContainEqual({
      level: 'warn',
      message: 'Nobody gets alerts',
      facts: { listeners },
    });
  });

  it('is logged when somebody should and does not, and not while all do', async () => {
    const world = createMemoryWorld();
    await world.sweep();
    expect(world.logged).toEqual([]);
    world.clock.advance(15 * MINUTE);
    Object.assign(world.ports.subscribers, { declared: [email('b@example.com')] });
    const { listeners } = await world.sweep();
    expect(listeners).toMatchObject({ confirmed: 1, vanished: 1 });
    expect(world.logged).toMatchObject([
      { level: 'warn', message: 'Somebody should get alerts', facts: { listeners } },
    ]);
  });

  it('is looked up every 15 minutes, and told by each sweep', async () => {
    const world = createMemoryWorld();
    const { list } = world.ports.subscribers;
    let looks = 0;
    world.ports.subscribers.list = (signal) => {
      looks += 1;
      return list(signal);
    };
    for (let minute = 0; minute < 16; minute += 1) {
      await expect(world.sweep()).resolves.toMatchObject({ listeners: { confirmed: 1 } });
      world.clock.advance(MINUTE);
    }
    expect(looks).toBe(2);
  });

  it('is looked up again by the next sweep when it could not be found out', async () => {
    const world = createMemoryWorld();
    const { list } = world.ports.subscribers;
    const error = new Error('The topic is down.');
    world.ports.subscribers.list = () => Promise.reject(error);
    const report = await world.sweep();
    expect(report).toMatchObject({ outcome: 'Completed', errors: 1 });
    expect(report).not.toHaveProperty('listeners');
    expect(world.logged).toMatchObject([{ level: 'error', facts: { error } }]);
    world.ports.subscribers.list = list;
    await expect(world.sweep()).resolves.toMatchObject({ listeners: { confirmed: 1 } });
  });

  it('is given up after 5 s, or with the sweep', async () => {
    const world = createMemoryWorld();
    world.ports.subscribers.list = async (signal) => {
      world.clock.advance(5 * SECOND);
      signal?.throwIfAborted();
      return [];
    };
    await expect(world.sweep()).resolves.toMatchObject({ errors: 1 });
  });
});

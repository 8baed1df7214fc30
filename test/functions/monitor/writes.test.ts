import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../functions/core/time.ts';
import { RUNNING, SUCCEEDED, status } from './support/answers.ts';
import { createWorld, type World } from './support/world.ts';

/** How often sweeps asked DynamoDB for what. */
function counts({ commands }: World): Record<string, number> {
  const groups = Object.groupBy(commands, ({ name }) => name);
  return Object.fromEntries(
    Object.entries(groups).map(([name, group = []]) => [name, group.length]),
  );
}

describe('a check that finds nothing new', () => {
  it('writes nothing: five sweeps of 200 jobs are ten writes, all to the checkpoint', async () => {
    await using world = await createWorld();
    await world.registerMany(200, { state: 'Running' });
    const reports = await world.sweepFor(5 * MINUTE);
    expect(reports.map(({ checks }) => checks)).toEqual([200, 200, 200, 200, 200]);
    expect(counts(world)).toEqual({
      'GetItem Checkpoint': 5,
      'PutItem Checkpoint': 2 * 5,
      'Query Jobs': 2 * 5,
      // Now and then a sweep looks who gets alerts.
      'Scan Subscriptions': 1,
    });
  });

  it('reads at most 0.05 request units, all that a sweep reads included', async () => {
    await using world = await createWorld();
    await world.registerMany(200, { state: 'Running' });
    await world.sweep();
    const reads = world.commands.filter(({ name }) => !name.startsWith('PutItem'));
    const units = reads.reduce((sum, command) => sum + command.units, 0);
    expect(units).toBeGreaterThan(0);
    expect(units / 200).toBeLessThanOrEqual(0.05);
  });

  it('writes nothing however many sweeps a pass takes, or pages a walk', async () => {
    await using world = await createWorld();
    await world.registerMany(30, { state: 'Running' });
    const reports = await world.sweepFor(6 * MINUTE, { checksPerMinute: 10 });
    expect(reports.map(({ passesCompleted }) => passesCompleted)).toEqual([0, 0, 1, 0, 0, 1]);
    expect(counts(world)).toMatchObject({ 'PutItem Checkpoint': 12 });
    expect(Object.keys(counts(world))).not.toContain('UpdateItem Jobs');
  });

  it('writes nothing either for a run that has been missing three times', async () => {
    await using world = await createWorld();
    const jobId = await world.register({ state: 'Running', answer: status(404) });
    await world.sweepFor(HOUR, { every: 5 * MINUTE });
    expect(counts(world)).toMatchObject({ 'UpdateItem Jobs': 3 });
    await expect(world.job(jobId)).resolves.toMatchObject({ version: 2 + 3 });
  });
});

describe('a sweep', () => {
  it('that is paused writes the checkpoint twice', async () => {
    await using world = await createWorld();
    await world.register({ answer: { kind: 'tooManyRequests', retryAfter: 300 } });
    await world.sweepFor(MINUTE);
    world.forget();
    await world.sweep();
    expect(counts(world)).toEqual({
      'GetItem Checkpoint': 1,
      'PutItem Checkpoint': 2,
      // What ended jobs owe, and pending ones.
      'Query Jobs': 2,
    });
  });

  it('that begins a pause writes the checkpoint once more, at once', async () => {
    await using world = await createWorld();
    await world.registerMany(20, { answer: { kind: 'tooManyRequests', retryAfter: 300 } });
    await world.sweep();
    expect(counts(world)).toMatchObject({ 'PutItem Checkpoint': 3 });
  });

  it('that meets one limit many times writes it down once, and the longest wait at its end', async () => {
    await using world = await createWorld();
    await world.registerMany(20, { state: 'Running' });
    const allAsked = Promise.withResolvers<void>();
    let asked = 0;
    let met = 0;
    const ask = async () => {
      asked += 1;
      if (asked === 20) allAsked.resolve();
      await allAsked.promise;
      met += 1;
      return { kind: 'RateLimited' as const, retryAt: world.clock.now() + 5 * MINUTE + met };
    };
    await world.sweep({}, { status: { ask } });
    expect(counts(world)).toMatchObject({ 'PutItem Checkpoint': 3 });
    const checkpoint = await world.checkpoint();
    expect(checkpoint?.pause?.until).toBe(world.clock.now() + 5 * MINUTE + met);
    expect(met).toBe(20);
  });
});

describe('news', () => {
  it('of a state is one read and one write', async () => {
    await using world = await createWorld();
    await world.register({ answer: RUNNING });
    await world.sweep();
    expect(counts(world)).toMatchObject({ 'GetItem Jobs': 1, 'UpdateItem Jobs': 1 });
  });

  it('of an end is one read and two writes: the end with what it owes, and the mark', async () => {
    await using world = await createWorld();
    await world.register({ answer: SUCCEEDED });
    await world.sweep();
    expect(counts(world)).toMatchObject({ 'GetItem Jobs': 1, 'UpdateItem Jobs': 2 });
  });
});

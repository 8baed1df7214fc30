import { expect, it } from 'vitest';
import type { StatusEndpoint } from '../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
import { SUCCEEDED } from './support/answers.ts';
import { dyingAfter } from './support/dying-after.ts';
import { createWorld, type World } from './support/world.ts';

/** The status endpoint, with something that happens before each request. */
function statusAfter({ ports }: World, happen: () => Promise<unknown>): StatusEndpoint {
  return {
    async ask(...request) {
      await happen();
      return ports.status.ask(...request);
    },
  };
}

/** Sweeps until right before the end, and no further. */
async function dieBeforeTheEnd(world: World): Promise<void> {
  const checkpoints = dyingAfter(1, world.ports.checkpoints);
  await expect(world.sweep({}, { checkpoints })).rejects.toThrow('The process is gone.');
}

it('while another sweep holds the lease, nothing is done', async () => {
  await using world = await createWorld();
  await world.register({ answer: SUCCEEDED });
  const status = statusAfter(world, async () => {
    world.forget();
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'LeaseHeld', requests: 0 });
    expect(world.commands).toMatchObject([{ name: 'GetItem Checkpoint' }]);
  });
  await expect(world.sweep({}, { status })).resolves.toMatchObject({
    outcome: 'Completed',
    jobsEnded: 1,
  });
  expect(world.asked()).toHaveLength(1);
});

it('of two sweeps at once, one does the work', async () => {
  await using world = await createWorld();
  const jobIds = await world.registerMany(5, { answer: SUCCEEDED });
  const reports = await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
  expect(reports.map(({ outcome }) => outcome).toSorted()).toEqual([
    'Completed',
    'LeaseHeld',
    'LeaseHeld',
  ]);
  expect(world.asked().toSorted()).toEqual(jobIds);
  await expect(world.alerts()).resolves.toHaveLength(5);
});

it('the lease of a sweep that died is over after 60 s', async () => {
  await using world = await createWorld();
  await world.register();
  await dieBeforeTheEnd(world);
  await expect(world.checkpoint()).resolves.toMatchObject({ budget: 0 });
  world.forget();
  world.restart();

  await expect(world.sweep()).resolves.toMatchObject({ outcome: 'LeaseHeld' });
  world.clock.advance(MINUTE - 1);
  await expect(world.sweep()).resolves.toMatchObject({ outcome: 'LeaseHeld' });
  world.clock.advance(1);
  await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', checks: 1 });
});

it('a sweep that died has put on record what it found out', async () => {
  await using world = await createWorld();
  const jobId = await world.register({ answer: SUCCEEDED });
  await dieBeforeTheEnd(world);
  await expect(world.alerts()).resolves.toMatchObject([{ jobId }]);
  world.restart();
  world.clock.advance(MINUTE);
  await expect(world.sweep()).resolves.toMatchObject({ requests: 0, passesCompleted: 1 });
  await expect(world.alerts()).resolves.toHaveLength(1);
});

it('a sweep that outstays its lease says so, and leaves the checkpoint to the next', async () => {
  await using world = await createWorld();
  const jobId = await world.register();
  let isFirst = true;
  const status = statusAfter(world, async () => {
    if (!isFirst) return;
    isFirst = false;
    world.clock.advance(61 * SECOND);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', checks: 1 });
  });
  // The clock is moved past all of the sweep's timeouts, as when a whole process stood still.
  const time = { now: world.clock.now, timeout: () => new AbortController().signal };
  await expect(world.sweep({}, { status, time })).resolves.toMatchObject({ outcome: 'Overstayed' });

  await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running', version: 2 });
  const checkpoint = await world.checkpoint();
  expect(checkpoint).toMatchObject({ version: 3, lastSweepAt: world.clock.now() });
  expect(checkpoint).not.toHaveProperty('leaseUntil');
});

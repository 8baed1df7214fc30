import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import type { KindName } from '../../../../functions/core/kinds/kinds.ts';
import { firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';
import { IMODEL, pageOf, watching } from './watching.ts';

const KIND: KindName = 'grouping-and-mapping-extraction';

const ALIVE: Answer = { kind: 'Status', state: 'Running' };

function limitedFor(world: MemoryWorld, ms: number) {
  return async (): Promise<Answer> => ({ kind: 'RateLimited', retryAt: world.clock.now() + ms });
}

function busyFor(world: MemoryWorld, ms: number) {
  return async (): Promise<Answer> => ({
    kind: 'Failed',
    error: { name: 'ServerError', message: '503' },
    retryAt: world.clock.now() + ms,
  });
}

/** A world where the first of so many jobs is sick, and the others answer. */
function worldOf(count: number): MemoryWorld {
  const world = createMemoryWorld();
  for (let n = 0; n < count; n += 1) world.add(jobId(n));
  return world;
}

async function sweepsUntil(world: MemoryWorld, end: number): Promise<void> {
  for (; world.clock.now() < end; world.clock.advance(MINUTE)) await world.sweep();
}

describe('a run that is limited', () => {
  it('is alone in it the second time, if others were answered since: no pause, its own time', async () => {
    const world = worldOf(3);
    world.answers.set(jobId(0), [limitedFor(world, 10 * MINUTE)]);
    await expect(world.sweep()).resolves.toMatchObject({ requests: 1, pausedFor: 'RateLimited' });
    world.clock.advance(10 * MINUTE);
    // The first sweep after the pause comes by those behind it, and then by the run itself.
    await expect(world.sweep()).resolves.toMatchObject({ failedChecks: 1 });
    expect(world.logged.at(-1)).toEqual({
      level: 'warn',
      message: 'Upstream limits requests for one run alone',
      facts: { jobId: jobId(0) },
    });
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.not.toHaveProperty('pausedFor');
    expect(world.job(jobId(0))).toMatchObject({
      failedChecks: 1,
      lastError: { name: 'RateLimited' },
      notBefore: expect.any(Number),
    });
    world.asked.length = 0;
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.asked).toEqual([jobId(1), jobId(2)]);
  });

  it('is a limit for all while nobody was answered since', async () => {
    const world = worldOf(1);
    world.answers.set(jobId(0), [limitedFor(world, MINUTE)]);
    for (let n = 0; n < 3; n += 1) {
      await expect(world.sweep()).resolves.toMatchObject({ pausedFor: 'RateLimited' });
      world.clock.advance(MINUTE);
    }
    expect(world.job(jobId(0))).not.toHaveProperty('failedChecks');
  });

  it('is a limit for all where others were answered by a clock that was set back since', async () => {
    const world = worldOf(1);
    world.answers.set(jobId(0), [limitedFor(world, MINUTE)]);
    const contact = { answeredAt: { reporting: BEGIN + HOUR } };
    await world.ports.checkpoints.write({ ...firstCheckpoint(BEGIN, 100), version: 1, contact });
    for (let n = 0; n < 3; n += 1) {
      await expect(world.sweep()).resolves.toMatchObject({ pausedFor: 'RateLimited' });
      world.clock.advance(MINUTE);
    }
    expect(world.job(jobId(0))).not.toHaveProperty('failedChecks');
  });

  it('has nothing on record of that after a good answer', async () => {
    const world = worldOf(1);
    world.answers.set(jobId(0), [limitedFor(world, MINUTE), ALIVE]);
    await world.sweep();
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.job(jobId(0))).not.toHaveProperty('limitedAt');
  });

  it('to the end times out when it was tried on for an hour', async () => {
    const world = createMemoryWorld();
    world.add(jobId(0), { timeoutAt: BEGIN + MINUTE });
    world.answers.set(jobId(0), [limitedFor(world, 1_000)]);
    await sweepsUntil(world, BEGIN + 61 * MINUTE);
    expect(world.job(jobId(0))).toMatchObject({ state: 'Running' });
    await sweepsUntil(world, BEGIN + 63 * MINUTE);
    expect(world.job(jobId(0))).toMatchObject({ state: 'TimedOut' });
  });
});

describe('a run that answers 503 with retry-after', () => {
  it('waits for its own time where others answer', async () => {
    const world = worldOf(2);
    world.answers.set(jobId(0), [busyFor(world, HOUR)]);
    const report = await world.sweep();
    expect(report).not.toHaveProperty('pausedFor');
    expect(world.job(jobId(0))).toMatchObject({ failedChecks: 1, notBefore: BEGIN + HOUR });
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.asked).toEqual([jobId(0), jobId(1), jobId(1)]);
  });

  it('speaks for all where nobody else does, and for no longer than it says', async () => {
    const world = worldOf(1);
    world.answers.set(jobId(0), [busyFor(world, 1_000)]);
    await sweepsUntil(world, BEGIN + 10 * MINUTE);
    expect(world.asked).toHaveLength(10);
    expect(world.checkpoint()).toMatchObject({ pause: { reason: 'UpstreamDown' }, pauseCount: 0 });
  });
});

it('202 is pending, and shows of no other run that it is gone', async () => {
  const world = createMemoryWorld();
  world.add(jobId(0), { state: 'Registered' });
  world.answers.set(jobId(0), [{ kind: 'Pending' }]);
  for (const n of [1, 2]) {
    world.add(jobId(n));
    world.answers.set(jobId(n), [{ kind: 'Missing', status: 404 }]);
  }
  await expect(world.sweep()).resolves.toMatchObject({ upstreamFaults: 1, failedChecks: 0 });
  expect(world.job(jobId(0))).toMatchObject({ state: 'Queued' });
  expect(world.job(jobId(1))).not.toHaveProperty('missing');
  expect(world.checkpoint()).toMatchObject({ contact: { answeredAt: { reporting: BEGIN } } });
});

it('202 of a run that was seen shows of no other that it is gone, either', async () => {
  const world = worldOf(3);
  world.answers.set(jobId(0), [{ kind: 'Pending' }]);
  for (const n of [1, 2]) world.answers.set(jobId(n), [{ kind: 'Missing', status: 404 }]);
  await expect(world.sweep()).resolves.toMatchObject({ upstreamFaults: 1 });
});

it('a run of a kind that only a later version knows, which was rolled back, holds up no other', async () => {
  const world = worldOf(2);
  world.add('00000000-0000-4000-8000-0', { kind: 'of-a-later-version' as KindName });
  world.answers.set(jobId(1), [{ kind: 'Status', state: 'Failed', reason: 'why' }]);
  await expect(world.sweep()).resolves.toMatchObject({ errors: 1, passesCompleted: 1 });
  expect(world.published).toMatchObject([{ jobId: jobId(1), state: 'Failed' }]);
});

describe('a list that is limited', () => {
  /** A watched iModel whose lists are limited for ten minutes, beside three runs of the API that it is of. */
  function limitedList() {
    const world = watching([]);
    for (let n = 1; n <= 3; n += 1) world.add(jobId(n), { kind: KIND });
    world.ports.runLists.ask = async () => {
      world.pages.push(undefined);
      return { kind: 'RateLimited', retryAt: world.clock.now() + 10 * MINUTE };
    };
    return world;
  }

  it('holds up no run from the second time on, is asked no sooner than it wants, and is told of', async () => {
    const world = limitedList();
    await sweepsUntil(world, BEGIN + HOUR);
    expect(world.asked.length).toBeGreaterThan(3 * 45);
    expect(world.pages.length).toBeLessThan(8);
    expect(world.checkpoint()).not.toHaveProperty('pause');
    expect(world.watched.trouble).toMatchObject({
      cause: 'Unreadable',
      message: 'Upstream limits requests for this list, though it answers for others.',
    });
  });

  it('has its runs asked by their ids meanwhile', async () => {
    const world = limitedList();
    world.add(jobId(4), { kind: KIND, iModelId: IMODEL });
    await sweepsUntil(world, BEGIN + 21 * MINUTE);
    world.asked.length = 0;
    await world.sweep();
    expect(world.asked).toContain(jobId(4));
  });

  it('has nothing on record of that after a good answer', async () => {
    const world = limitedList();
    await sweepsUntil(world, BEGIN + 21 * MINUTE);
    expect(world.watched).toHaveProperty('notBefore');
    world.ports.runLists.ask = async () => pageOf();
    await sweepsUntil(world, BEGIN + 41 * MINUTE);
    for (const fact of ['limitedAt', 'notBefore', 'trouble']) {
      expect(world.watched).not.toHaveProperty(fact);
    }
  });

  it('is a limit for all while no run of its API was answered since', async () => {
    const world = watching([{ kind: 'RateLimited', retryAt: BEGIN + HOUR }]);
    world.add(jobId(1));
    await sweepsUntil(world, BEGIN + HOUR);
    await expect(world.sweep()).resolves.toMatchObject({ rateLimited: 1 });
    expect(world.watched).not.toHaveProperty('notBefore');
  });
});

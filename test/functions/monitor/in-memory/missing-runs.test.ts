import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import { firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';
import { IMODEL, watching } from './watching.ts';

const GONE: Answer = { kind: 'Missing', status: 404 };
const ONCE = { since: BEGIN, count: 1, status: 404 };

function missing(world: MemoryWorld, ...numbers: readonly number[]): void {
  for (const n of numbers) world.answers.set(jobId(n), [GONE]);
}

function worldOf(count: number): MemoryWorld {
  const world = createMemoryWorld();
  for (let n = 0; n < count; n += 1) world.add(jobId(n));
  return world;
}

describe('when all runs are missing at once', () => {
  it('nothing is believed of any, but that one past its time had no valid answer', async () => {
    const world = worldOf(1);
    world.add(jobId(1), { timeoutAt: BEGIN });
    missing(world, 0, 1);
    await expect(world.sweep()).resolves.toMatchObject({ upstreamFaults: 1, errors: 0 });
    expect(world.job(jobId(0))?.version).toBe(1);
    expect(world.job(jobId(1))?.lastError).toEqual({
      name: 'UpstreamFault',
      message: 'Upstream answered 404, for all other jobs too.',
      at: BEGIN,
    });
  });

  it('ten in a row are enough, whoever answered before', async () => {
    const world = worldOf(11);
    missing(world, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    await expect(world.sweep()).resolves.toMatchObject({ upstreamFaults: 1 });
    expect(world.job(jobId(1))?.version).toBe(1);
  });

  it('a run that was never seen before cannot vouch for upstream, nor against it', async () => {
    const world = worldOf(2);
    world.add(jobId(2), { state: 'Registered' });
    missing(world, 0, 1);
    await expect(world.sweep()).resolves.toMatchObject({ upstreamFaults: 1 });

    const unseen = createMemoryWorld();
    for (let n = 0; n < 12; n += 1) unseen.add(jobId(n), { state: 'Registered' });
    missing(unseen, ...Array(12).keys());
    await expect(unseen.sweep()).resolves.toMatchObject({ upstreamFaults: 0, checks: 12 });
    expect(unseen.job(jobId(0))?.missing).toMatchObject(ONCE);
  });
});

describe('a run that is missing alone', () => {
  it('is believed when others answer', async () => {
    const world = worldOf(2);
    missing(world, 0);
    await world.sweep();
    expect(world.job(jobId(0))?.missing).toMatchObject(ONCE);
  });

  it('is believed when there is no other', async () => {
    const world = worldOf(1);
    missing(world, 0);
    await world.sweep();
    expect(world.job(jobId(0))?.missing).toMatchObject(ONCE);
  });

  it('is not believed while others are still to be asked', async () => {
    const world = worldOf(2);
    missing(world, 0);
    await world.sweep({ checksPerMinute: 1 });
    expect(world.job(jobId(0))?.version).toBe(1);
    expect(world.checkpoint()?.after).toBe(`#${jobId(0)}`);
  });

  it('is not believed where its list failed, and no request was left for the others', async () => {
    const error = { name: 'ServerError', message: '500.' } as const;
    const world = watching([{ kind: 'Failed', error }]);
    for (const n of [0, 1]) world.add(jobId(n), { iModelId: IMODEL });
    missing(world, 0, 1);
    await world.sweep({ checksPerMinute: 2 });
    expect(world.asked).toEqual([jobId(0)]);
    expect(world.job(jobId(0))?.version).toBe(1);
  });

  it('is not believed where it was not the turn of the others', async () => {
    const world = createMemoryWorld();
    for (let n = 0; n < 8; n += 1) {
      world.add(jobId(n), { registeredAt: BEGIN - 40 * MINUTE });
    }
    missing(world, ...Array(8).keys());
    await world.ports.checkpoints.write({
      ...firstCheckpoint(BEGIN, 60),
      version: 1,
      runLengths: { ended: [0, 0, 300], givenUp: [0, 0, 0, 0, 0, 0, 0, 0, 300] },
      lastPassByAge: [0, 0, 50, 0, 0, 100],
    });
    await world.sweep({ checksPerMinute: 60 });
    expect(world.asked).toHaveLength(1);
    expect(world.asked.map((id) => world.job(id)?.version)).toEqual([1]);
  });

  it('is believed even then when others answered in the pass before', async () => {
    const world = worldOf(2);
    await world.sweep();
    missing(world, 0);
    world.clock.advance(MINUTE);
    await world.sweep({ checksPerMinute: 1 });
    expect(world.job(jobId(0))?.missing).toMatchObject({
      since: BEGIN + MINUTE,
      count: 1,
      status: 404,
    });
  });
});

describe('a run that the index shows at its old place and at its new one', () => {
  /** Such a world with others, which have no iModel; no list answers for them. */
  async function atTwoPlaces(...others: readonly number[]): Promise<MemoryWorld> {
    const world = watching([{ kind: 'Missing', status: 403 }]);
    const { jobs } = world.ports;
    const kind = 'grouping-and-mapping-extraction';
    const old = world.add(jobId(1), { kind });
    await jobs.update(old, { ...old, iModelId: IMODEL, version: 2 });
    for (const n of others) world.add(jobId(n), { kind });
    const { pendingPage } = jobs;
    jobs.pendingPage = async (...asked) => {
      const page = await pendingPage(...asked);
      return { ...page, items: [old, ...page.items] };
    };
    return world;
  }

  it('is one that is missing, and not two', async () => {
    const world = await atTwoPlaces();
    missing(world, 1);
    const report = await world.sweep();
    expect(report).toMatchObject({ upstreamFaults: 0, errors: 0, passesCompleted: 1 });
    expect(world.checkpoint()).not.toHaveProperty('pause');
    expect(world.job(jobId(1))?.missing).toMatchObject(ONCE);
  });

  it('is one that is refused, and not two', async () => {
    const world = await atTwoPlaces(2, 3);
    for (const n of [1, 2]) world.answers.set(jobId(n), [{ kind: 'Unauthorized' }]);
    missing(world, 3);
    await expect(world.sweep()).resolves.toMatchObject({ credentialsRefused: 0, errors: 0 });

    const alone = await atTwoPlaces();
    alone.answers.set(jobId(1), [{ kind: 'Unauthorized' }]);
    await expect(alone.sweep()).resolves.toMatchObject({ credentialsRefused: 1, errors: 0 });
  });

  it('is one without an answer, and not two', async () => {
    const world = await atTwoPlaces(2, 3, 4, 5, 6, 7, 8, 9);
    const error = { name: 'ServerError', message: '500.' } as const;
    for (let n = 1; n < 10; n += 1) world.answers.set(jobId(n), [{ kind: 'Failed', error }]);
    await expect(world.sweep()).resolves.toMatchObject({ upstreamDown: 0, errors: 0 });
  });
});

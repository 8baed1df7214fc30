import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import type { ListStep } from '../../../../local/itwin-simulator/pages.ts';
import { startServer } from '../../adapters/support/http-server.ts';
import type { World } from '../support/world.ts';
import { addRun, asked, IMODEL, watch, worldWithIModel } from './support/watched.ts';

const LISTS_PER_LISTING = 10;

/** Lets the list of the iModel answer so until it is told otherwise. */
function setList(world: World, answer: ListStep['answer']): void {
  world.simulator.setList(IMODEL, [{ answer }]);
}

/** A minute later, another sweep. What was asked before is forgotten. */
async function sweepNext(world: World) {
  world.clock.advance(MINUTE);
  world.forget();
  return world.sweep();
}

const trouble = async (world: World) => (await world.ports.iModels.get(IMODEL))?.trouble;

describe('a list that is no list', () => {
  const stray = (next: string) => ({ lastLink: { href: next } });
  const bad: Readonly<Record<string, ListStep['answer']>> = {
    'cut off': { kind: 'brokenJson' },
    'of another shape': { kind: 'wrongShape' },
    huge: { kind: 'hugeBody', bytes: 1_000_000 },
    'reset half-way': { kind: 'reset' },
    'followed by itself for ever': { lastLink: 'endless' },
    'followed by its first page': { pageSizes: [1], lastLink: 'first' },
    'followed by another path of the host': stray('/imodels?$continuationToken=1'),
    'followed by no link at all': stray('::'),
    'answered by 404': { kind: 'error', status: 404 },
    'answered by 403': { kind: 'error', status: 403 },
    'answered by 500': { kind: 'error', status: 500 },
  };
  it.each(Object.entries(bad))('but %s is told as trouble, and ends no job', async (_, answer) => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const jobIds = [addRun(world, 2 * MINUTE), addRun(world, MINUTE)];
    await watch(world);
    await world.sweep();
    setList(world, answer);

    for (let minute = 0; minute < 3; minute += 1) await sweepNext(world);
    expect(asked(world).lists).toBeLessThanOrEqual(LISTS_PER_LISTING);
    await expect(trouble(world)).resolves.toMatchObject({ since: expect.any(Number) });
    for (const jobId of jobIds) {
      await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    }
    expect(world.writes(), 'the checkpoint').toHaveLength(2);

    setList(world, {});
    await sweepNext(world);
    await expect(trouble(world)).resolves.toBeUndefined();
  });

  it('but followed by a link to another host is followed nowhere', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const elsewhere = await startServer();
    addRun(world, MINUTE);
    await watch(world);
    const { port } = new URL(elsewhere.url);
    for (const host of [elsewhere.url, `//127.0.0.1:${port}`, `http://user:pw@127.0.0.1:${port}`]) {
      const path = '/grouping-and-mapping/datasources/imodel-mappings/extractions?$top=1';
      setList(world, { lastLink: { href: `${host}${path}` } });
      await sweepNext(world);
      await expect(trouble(world)).resolves.toMatchObject({ cause: 'Unreadable' });
    }
    expect(elsewhere.requests).toEqual([]);
    elsewhere.stop();
  });

  it('on a page behind the first takes nothing from what the first says', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    await world.sweep();
    world.clock.advance(10 * MINUTE);
    const jobIds = [4, 3, 2, 1].map((n) => addRun(world, n * MINUTE));
    setList(world, { pageSizes: [2], fails: { page: 2, answer: { kind: 'error', status: 500 } } });

    await world.sweep();
    await sweepNext(world);
    await expect(trouble(world)).resolves.toMatchObject({ cause: 'Unreadable' });
    expect(world.writes(), 'nothing is put again').toHaveLength(2);
    for (const jobId of jobIds.slice(2)) {
      await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    }
    setList(world, { pageSizes: [2] });
    await sweepNext(world);
    for (const jobId of jobIds) {
      await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    }
  });
});

describe('a run of a list', () => {
  it.each([
    ['a state of another type', { state: 7 }],
    ['no word as its state', { state: 'Succeeded\u0007 <b>' }],
  ])('with %s is asked about by its id', async (_, put) => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    await world.sweep();
    world.clock.advance(MINUTE);
    const jobId = addRun(world, 1_000);
    setList(world, { put });
    await sweepNext(world);
    await sweepNext(world);
    expect(asked(world)).toEqual({ lists: 1, statuses: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
  });

  it.each([
    ['an id of another form', { id: '../../admin' }],
    ['an id of another type', { id: 12 }],
    ['no id', { id: null }],
  ])('with %s is left out', async (_, put) => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    addRun(world, 1_000);
    setList(world, { put });
    await expect(world.sweep()).resolves.toMatchObject({ listings: 1, runsFound: 0, errors: 0 });
  });

  it.each([{ startedOn: 5 }, { startedOn: 'yesterday' }, { startedOn: null }])(
    'that began at $startedOn is found once, and written once',
    async (put) => {
      await using world = await worldWithIModel({ tables: 'memory' });
      const jobId = addRun(world, MINUTE);
      setList(world, { put });
      await watch(world);
      await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1 });
      await sweepNext(world);
      expect(world.writes()).toHaveLength(2);
      expect(await world.job(jobId)).not.toHaveProperty('startedAt');
    },
  );

  it.each([
    { startedOn: null },
    { startedOn: '0001-01-01T00:00:00Z' },
    { startedOn: 1_795_946_400 },
  ])(
    'that began at $startedOn and is over is told of if no list had it before, and else never',
    async (put) => {
      await using world = await worldWithIModel({ tables: 'memory' });
      const FAILED = [{ answer: { state: 'Failed' } }];
      addRun(world, MINUTE, FAILED);
      setList(world, { put });
      await watch(world);
      await world.sweep();
      setList(world, {});
      addRun(world, 1_000);
      await sweepNext(world);
      expect(await world.alerts()).toEqual([]);

      setList(world, { put });
      const jobId = addRun(world, 1_000, FAILED);
      await sweepNext(world);
      await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'Failed' }]);
      await world.sweepFor(6 * DAY, { every: 12 * HOUR });
      const failed = (await world.alerts()).filter(({ state }) => state === 'Failed');
      expect(failed).toHaveLength(1);
    },
  );

  it('that its list shows is not gone, whatever upstream answers for its id', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const gone = [{ answer: { kind: 'error' as const, status: 404 } }];
    const jobId = addRun(world, MINUTE, gone, 'reporting-extraction');
    addRun(world, MINUTE, undefined, 'reporting-extraction');
    await watch(world, { source: 'reporting' });
    await world.sweepFor(30 * MINUTE);
    const job = await world.job(jobId);
    expect(job).toMatchObject({ state: 'Registered', lastError: { name: 'UpstreamFault' } });
    expect(job).not.toHaveProperty('missing');
  });
});

describe('a long list', () => {
  /** So many runs, a minute after another, all of them over when the watch begins. */
  async function longHistory(world: World, count: number): Promise<void> {
    for (let n = count; n > 0; n -= 1) {
      addRun(world, n * 30 * MINUTE, [{ answer: { state: 'Succeeded' } }]);
    }
    await watch(world);
  }

  it('takes one request a pass once it was read whole, if it is newest first', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await longHistory(world, 350);
    await world.sweep();
    expect(asked(world).lists).toBe(4);
    await sweepNext(world);
    expect(asked(world).lists).toBe(1);
    addRun(world, 10_000);
    await expect(sweepNext(world)).resolves.toMatchObject({ runsFound: 1 });
    await world.sweepFor(DAY - 10 * MINUTE, { every: HOUR });
    expect(asked(world).lists, 'and all of it once a day').toBeGreaterThan(24);
  });

  it.each([{ order: 7 }, { order: 'oldestFirst' as const }])(
    'is read whole each time if it is not ($order)',
    async (order) => {
      await using world = await worldWithIModel({ tables: 'memory' });
      setList(world, order);
      await longHistory(world, 250);
      await world.sweep();
      await expect(world.ports.iModels.get(IMODEL)).resolves.toMatchObject({ isUnordered: true });
      addRun(world, 10_000, [{ answer: { state: 'Failed' } }]);
      await expect(sweepNext(world)).resolves.toMatchObject({ runsFound: 1, listings: 3 });
      await expect(world.alerts()).resolves.toHaveLength(1);

      setList(world, {});
      await sweepNext(world);
      expect(await world.ports.iModels.get(IMODEL)).not.toHaveProperty('isUnordered');
    },
  );

  it('of more pages than one listing reads is gone on with in the next', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    setList(world, { order: 'oldestFirst', pageSizes: [20] });
    await longHistory(world, 300);
    const jobId = addRun(world, 10_000);
    await expect(world.sweep()).resolves.toMatchObject({ listings: 10, runsFound: 0 });
    await expect(sweepNext(world)).resolves.toMatchObject({ listings: 7, runsFound: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    await expect(world.ports.iModels.get(IMODEL)).resolves.toMatchObject({ isUnordered: true });
  });

  it('of more pages shows what begins meanwhile all the same, and is gone on with', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    setList(world, { pageSizes: [20] });
    await longHistory(world, 500);
    await expect(world.sweep()).resolves.toMatchObject({ listings: 10 });
    const { next } = (await world.ports.iModels.get(IMODEL)) ?? {};
    const jobId = addRun(world, 10_000, [{ answer: { state: 'Failed' } }]);
    await expect(sweepNext(world)).resolves.toMatchObject({ listings: 10, runsFound: 1 });
    await expect(world.alerts()).resolves.toMatchObject([{ jobId }]);
    expect((await world.ports.iModels.get(IMODEL))?.next?.query).not.toBe(next?.query);
    await expect(sweepNext(world)).resolves.toMatchObject({ runsFound: 0 });
    expect(await world.ports.iModels.get(IMODEL)).not.toHaveProperty('next');
  });

  it('comes to its end with one request a minute, too', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    setList(world, { pageSizes: [20] });
    await longHistory(world, 100);
    await world.sweepFor(15 * MINUTE, { checksPerMinute: 1 });
    const { next, allReadAt } = (await world.ports.iModels.get(IMODEL)) ?? {};
    expect(next).toBeUndefined();
    expect(allReadAt).toBeGreaterThan(0);
  });

  it('is begun anew when the place to go on at is good no more', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    setList(world, { pageSizes: [20] });
    await longHistory(world, 300);
    await world.sweep();
    await expect(world.ports.iModels.get(IMODEL)).resolves.toHaveProperty('next');
    setList(world, { kind: 'error', status: 422 });
    await sweepNext(world);
    expect(await world.ports.iModels.get(IMODEL)).not.toHaveProperty('next');
    setList(world, {});
    await sweepNext(world);
    await expect(trouble(world)).resolves.toBeUndefined();
  });

  it('of more new runs than ids are kept is found whole, and its runs once', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    await world.sweep();
    world.clock.advance(2 * HOUR);
    for (let n = 620; n > 0; n -= 1) addRun(world, n * 10_000);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 620 });
    await expect(sweepNext(world)).resolves.toMatchObject({ runsFound: 0, checks: 620 });
    expect(world.writes()).toHaveLength(2);
    const { known } = (await world.ports.iModels.get(IMODEL)) ?? {};
    expect(Object.keys(known ?? {})).toHaveLength(500);
  });
});

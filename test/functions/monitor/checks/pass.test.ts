import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import type { JobStore, StatusEndpoint } from '../../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { RUNNING, SUCCEEDED } from '../support/answers.ts';
import { dyingAfter } from '../support/dying-after.ts';
import { createWorld, type World } from '../support/world.ts';

/** Asks about one job after the other, so that the order of the requests is that of the keys. */
const IN_ORDER = { concurrency: 1 };

/** The most requests that reached upstream within any minute. */
function busiestMinute(world: World): number {
  const times = world.simulator.requests.list('status').map(({ at }) => at);
  const within = (from: number) => times.filter((at) => at >= from && at < from + MINUTE).length;
  return Math.max(...times.map(within));
}

/** The jobs table, handing out pages of at most three. */
function smallPages({ ports: { jobs } }: World): JobStore {
  return {
    ...jobs,
    pendingPage: (after, limit, signal) => jobs.pendingPage(after, Math.min(limit, 3), signal),
  };
}

describe('a pass', () => {
  it('comes by every pending job once, in key order, page by page', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(10);
    await expect(world.sweep(IN_ORDER, { jobs: smallPages(world) })).resolves.toMatchObject({
      checks: 10,
      pending: 10,
      passesCompleted: 1,
    });
    expect(world.asked()).toEqual(jobIds);
  });

  it('of no jobs is complete at once', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await expect(world.sweep()).resolves.toMatchObject({ pending: 0, passesCompleted: 1 });
    await expect(world.checkpoint()).resolves.toMatchObject({
      lastPassCompletedAt: world.clock.now(),
      lastPassPending: 0,
    });
  });

  it('of exactly as many jobs as there is budget is complete in one sweep', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(10);
    const [first] = await world.sweepFor(MINUTE, { checksPerMinute: 10 });
    expect(first).toMatchObject({ checks: 10, pending: 10, passesCompleted: 1 });
    await expect(world.sweep({ checksPerMinute: 10 })).resolves.toMatchObject({
      checks: 10,
      passesCompleted: 1,
    });
  });

  it('of one job more takes a second sweep, which starts with that job', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(11);
    const settings = { ...IN_ORDER, checksPerMinute: 10 };
    const [first] = await world.sweepFor(MINUTE, settings);
    expect(first).toMatchObject({ checks: 10, pending: 10, passesCompleted: 0 });
    const { after, passStartedAt } = (await world.checkpoint()) ?? {};
    expect({ after, passStartedAt }).toEqual({
      after: `#${jobIds[9]}`,
      passStartedAt: world.clock.now() - MINUTE,
    });
    world.forget();
    await expect(world.sweep(settings)).resolves.toMatchObject({ pending: 11, passesCompleted: 1 });
    expect(world.asked()[0]).toBe(jobIds[10]);
    await expect(world.checkpoint()).resolves.toMatchObject({
      lastPassStartedAt: world.clock.now() - MINUTE,
      lastPassCompletedAt: world.clock.now(),
      lastPassPending: 11,
    });
  });

  it('is followed by the next one while there is budget', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(35);
    const reports = await world.sweepFor(7 * MINUTE, { ...IN_ORDER, checksPerMinute: 10 });
    expect(reports.map(({ checks }) => checks)).toEqual([10, 10, 10, 10, 10, 10, 10]);
    expect(reports.map(({ passesCompleted }) => passesCompleted)).toEqual([0, 0, 0, 1, 0, 0, 1]);
    expect(world.asked()).toEqual([...jobIds, ...jobIds]);
    await expect(world.checkpoint()).resolves.not.toHaveProperty('after');
  });

  it('is followed by the next one up to where the sweep began: none is checked twice', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(5);
    await world.sweepFor(MINUTE, { ...IN_ORDER, checksPerMinute: 2 });
    world.forget();
    await expect(world.sweep(IN_ORDER)).resolves.toMatchObject({ checks: 5, passesCompleted: 1 });
    expect(world.asked()).toEqual([...jobIds.slice(2), ...jobIds.slice(0, 2)]);
    await expect(world.checkpoint()).resolves.toMatchObject({
      after: `#${jobIds[1]}`,
      passStartedAt: world.clock.now(),
      pendingSeen: 2,
      lastPassPending: 5,
    });
  });

  it('is followed by no other once requests have to cease', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(3);
    await world.sweepFor(MINUTE, { ...IN_ORDER, checksPerMinute: 2 });
    world.simulator.setRun(jobIds[2] ?? '', { kind: 'tooManyRequests', retryAfter: 60 });
    world.forget();
    await expect(world.sweep(IN_ORDER)).resolves.toMatchObject({ passesCompleted: 1 });
    expect(world.asked()).toEqual(jobIds.slice(2));
    await expect(world.checkpoint()).resolves.not.toHaveProperty('after');
  });

  it('takes in jobs that are registered ahead of it, and leaves those behind to the next', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const [first, , third] = await world.registerMany(3);
    await world.sweepFor(MINUTE, { ...IN_ORDER, checksPerMinute: 2 });
    const behind = await world.register({ jobId: '00000000-0000-4000-8000-000000000000' });
    const ahead = await world.register({ jobId: 'ffffffff-ffff-4fff-bfff-ffffffffffff' });
    world.forget();
    await world.sweepFor(MINUTE, { ...IN_ORDER, checksPerMinute: 2 });
    expect(world.asked()).toEqual([third, ahead]);
    await world.sweep({ ...IN_ORDER, checksPerMinute: 2 });
    expect(world.asked()).toEqual([third, ahead, behind, first]);
  });

  it('goes on after the last key up to which all is settled, whatever came back first', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(10);
    const othersAsked = Promise.withResolvers<void>();
    let asked = 0;
    const ask: StatusEndpoint['ask'] = async (job, token, signal) => {
      asked += 1;
      if (asked === jobIds.length) othersAsked.resolve();
      if (job.jobId !== jobIds[2]) return world.ports.status.ask(job, token, signal);
      await othersAsked.promise;
      throw new TokenEndpointDown('Down.');
    };
    const [first] = await world.sweepFor(MINUTE, {}, { status: { ask } });
    expect(first).toMatchObject({ checks: 9, pending: 2, passesCompleted: 0 });
    world.forget();
    await expect(world.sweep(IN_ORDER)).resolves.toMatchObject({ pending: 10, passesCompleted: 1 });
    expect(world.asked()).toEqual([...jobIds.slice(2), ...jobIds.slice(0, 2)]);
  });

  it('goes on where it was when the table could not be read to the end', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(5);
    const jobs = smallPages(world);
    const broken: JobStore = {
      ...jobs,
      async pendingPage(after, limit, signal) {
        if (after !== undefined) throw new Error('The table does not answer.');
        return jobs.pendingPage(after, limit, signal);
      },
    };
    await expect(world.sweep({}, { jobs: broken })).resolves.toMatchObject({
      outcome: 'Completed',
      checks: 3,
      errors: 1,
      passesCompleted: 0,
    });
    world.forget();
    await expect(world.sweep(IN_ORDER)).resolves.toMatchObject({ passesCompleted: 1 });
    expect(world.asked()).toEqual([...jobIds.slice(3), ...jobIds.slice(0, 3)]);
  });

  it('no longer comes by a job that has ended', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const ending = await world.register({ answer: SUCCEEDED });
    const other = await world.register();
    await world.sweepFor(3 * MINUTE, IN_ORDER);
    expect(world.asked()).toEqual([ending, other, other, other]);
  });
});

describe('the budget', () => {
  it('fills by the clock, whatever the sweeps: a part of a request is kept for the next', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(100);
    const counts: number[] = [];
    for (const wait of [0, 5, 5, 5, 5, 30, 1, 1, 600]) {
      world.clock.advance(wait * SECOND);
      counts.push((await world.sweep({ checksPerMinute: 30 })).requests);
    }
    expect(counts).toEqual([30, 2, 3, 2, 3, 15, 0, 1, 30]);
  });

  it('lets out no more requests in any minute than it says when sweeps come by the minute', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(50);
    await world.sweepFor(6 * MINUTE, { checksPerMinute: 7 });
    expect(world.asked()).toHaveLength(42);
    expect(busiestMinute(world)).toBe(7);
  });

  it('never gives out more than it was filled with, even when every other sweep dies', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(60);
    const start = world.clock.now();
    for (let sweeps = 0; sweeps < 8; sweeps += 1) {
      await world.sweep({ checksPerMinute: 7 });
      world.clock.advance(20 * SECOND);
      const checkpoints = dyingAfter(1, world.ports.checkpoints);
      await expect(world.sweep({ checksPerMinute: 7 }, { checkpoints })).rejects.toThrow();
      world.restart();
      world.clock.advance(70 * SECOND);
    }
    const minutes = (world.clock.now() - start) / MINUTE;
    expect(world.asked().length).toBeLessThanOrEqual(7 * (1 + minutes));
    expect(busiestMinute(world)).toBeLessThanOrEqual(2 * 7);
  });

  it('is not spent while requests are paused', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: { kind: 'tooManyRequests', retryAfter: 120 } });
    await world.registerMany(20);
    const settings = { ...IN_ORDER, checksPerMinute: 10 };
    const [limited, paused] = await world.sweepFor(2 * MINUTE, settings);
    expect(limited).toMatchObject({ requests: 1 });
    expect(paused).toMatchObject({ outcome: 'Paused', requests: 0 });
    world.simulator.setRun(jobId, RUNNING);
    await expect(world.sweep(settings)).resolves.toMatchObject({ requests: 10 });
  });
});

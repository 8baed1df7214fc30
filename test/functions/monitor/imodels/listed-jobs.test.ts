import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../functions/core/time.ts';
import type { World } from '../support/world.ts';
import { addRun, asked, IMODEL, watch, worldWithIModel } from './support/watched.ts';

/** A world with one job, found in a list as Running. */
async function worldWithListedJob() {
  const world = await worldWithIModel({ tables: 'memory' });
  const jobId = addRun(world, MINUTE);
  await watch(world);
  await world.sweep();
  return { world, jobId };
}

/** A minute later, another sweep. What was asked before is forgotten. */
async function sweepNext(world: World) {
  world.clock.advance(MINUTE);
  world.forget();
  return world.sweep();
}

function failList(world: World): void {
  world.simulator.setList(IMODEL, [{ answer: { kind: 'error', status: 500 } }]);
}

describe('a job that belongs to a watched iModel', () => {
  it('is not asked about by its id before it wants to be, even when its list fails', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _ = world;
    await world.change(jobId, (job) => ({
      ...job,
      notBefore: world.clock.now() + 10 * MINUTE,
      version: job.version + 1,
    }));
    failList(world);
    await sweepNext(world);
    expect(asked(world)).toEqual({ lists: 1, statuses: 0 });
    await expect(world.checkpoint()).resolves.not.toHaveProperty('after');

    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Failed' } } }]);
    await expect(sweepNext(world)).resolves.toMatchObject({ jobsEnded: 1 });
  });

  it('ends in time, though its list shows an older word for ever', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _ = world;
    await world.change(jobId, (job) => ({
      ...job,
      transitions: [{ from: 'Registered', to: 'Queued', at: 0, version: 1 }, ...job.transitions],
      timeoutAt: world.clock.now() + MINUTE,
      version: job.version + 1,
    }));
    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Queued' } } }]);
    await world.sweepFor(3 * MINUTE);
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'TimedOut' });
  });

  it('stays Running while its list still shows it as Queued, though nobody has seen it so', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _ = world;
    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Queued' } } }]);
    const before = await world.job(jobId);
    await sweepNext(world);
    await expect(world.job(jobId)).resolves.toEqual(before);

    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Archiving' } } }]);
    await sweepNext(world);
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Archiving' });
  });

  it('takes the state of its list when it is watched again, whatever it had before', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _ = world;
    await world.change(jobId, (job) => ({
      ...job,
      state: 'Registered',
      transitions: [
        ...job.transitions,
        { from: 'Running', to: 'Cancelled', at: 0, version: 3 },
        { from: 'Cancelled', to: 'Registered', at: 0, version: 4 },
      ],
      version: job.version + 1,
    }));
    await sweepNext(world);
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
  });

  it('is asked about by its id where the list is one of another API', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const jobId = world.simulator.addRun({
      iModelId: IMODEL,
      kinds: ['grouping-and-mapping-extraction', 'reporting-extraction'],
      startedMsAgo: MINUTE,
      steps: [{ answer: { state: 'Running' } }],
    });
    await watch(world);
    await world.sweep();
    await world.change(jobId, (job) => ({
      ...job,
      kind: 'reporting-extraction',
      version: job.version + 1,
    }));
    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Failed' } } }]);
    await sweepNext(world);
    expect(asked(world)).toEqual({ lists: 1, statuses: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
  });

  it('takes the word of its list when another run of it could not be put on record', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _ = world;
    addRun(world, 1_000);
    world.simulator.setRun(jobId, { state: 'Failed' });
    world.clock.advance(MINUTE);
    world.forget();
    const refusing = { ...world.ports.jobs, add: () => Promise.reject(new Error('throttled')) };
    const report = await world.sweep({}, { jobs: refusing });
    expect(report).toMatchObject({ jobsEnded: 1, errors: 1, runsFound: 0 });
    expect(asked(world)).toEqual({ lists: 1, statuses: 0 });
    await expect(sweepNext(world)).resolves.toMatchObject({ runsFound: 1 });
  });
});

describe('a list', () => {
  it.each([
    ['a limit', { kind: 'error', status: 429 } as const],
    ['nonsense', { kind: 'brokenJson' } as const],
  ])(
    'that answers with %s is there, and speaks for no run that gives no answer',
    async (_, answer) => {
      const { world, jobId } = await worldWithListedJob();
      await using _world = world;
      failList(world);
      world.simulator.setRun(jobId, { kind: 'error', status: 500 });
      await sweepNext(world);
      const since = world.clock.now();
      const silent = async () => Object.entries((await world.checkpoint())?.contact?.failing ?? {});
      await expect(silent()).resolves.toMatchObject([
        ['grouping-and-mapping lists', { since }],
        ['grouping-and-mapping', { since }],
      ]);

      world.simulator.setList(IMODEL, [{ answer }]);
      await sweepNext(world);
      await expect(silent()).resolves.toMatchObject([['grouping-and-mapping', { since }]]);
    },
  );

  it('with the state of any run speaks for all of its API', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _world = world;
    failList(world);
    world.simulator.setRun(jobId, { kind: 'error', status: 500 });
    await sweepNext(world);
    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Running' } } }]);
    await sweepNext(world);
    expect((await world.checkpoint())?.contact?.failing).toEqual({});
  });
});

describe('a job that is refused (401) with a token that a list accepts', () => {
  it('is refused for itself: nobody else waits, and it ends in time', async () => {
    const { world, jobId } = await worldWithListedJob();
    await using _world = world;
    world.simulator.setRun(jobId, { state: 'Succeeded' });
    await sweepNext(world);
    const refused = await world.register({
      answer: { kind: 'error', status: 401 },
      timeoutAt: world.clock.now() + 10 * MINUTE,
    });
    const reports = await world.sweepFor(85 * MINUTE, { every: 5 * MINUTE });
    expect(reports.every(({ credentialsRefused }) => credentialsRefused === 0)).toBe(true);
    await expect(world.job(refused)).resolves.toMatchObject({
      state: 'TimedOut',
      lastError: { name: 'Unauthorized' },
    });
  });
});

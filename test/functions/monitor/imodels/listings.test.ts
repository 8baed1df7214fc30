import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { isPendingJob } from '../../../../functions/core/sweeps/schedule.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import type { World } from '../support/world.ts';
import { addRun, asked, IMODEL, watch, worldWithIModel } from './support/watched.ts';

const FAILED = [{ answer: { state: 'Failed' } }];

/** Puts a job on record that somebody has registered by its id. */
async function registerById(
  { ports, clock }: World,
  run: Pick<Job, 'jobId' | 'kind' | 'connectionId' | 'connectionType'>,
): Promise<void> {
  await ports.jobs.add({
    ...run,
    registeredAt: clock.now(),
    registeredBy: 'somebody',
    timeoutAt: clock.now() + 60 * MINUTE,
    state: 'Registered',
    version: 1,
    transitions: [],
  });
}

describe('a watched iModel', () => {
  it('has a job for every run under way, and none for what was over before', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const running = [3, 2, 1].map((n) => addRun(world, n * MINUTE));
    const over = addRun(world, 30 * MINUTE, FAILED);
    await watch(world);

    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 3, listings: 1 });
    for (const jobId of running) {
      await expect(world.job(jobId)).resolves.toMatchObject({
        state: 'Running',
        kind: 'grouping-and-mapping-extraction',
        iModelId: IMODEL,
        label: 'Bridge',
      });
    }
    await expect(world.ports.jobs.get(over)).resolves.toBeUndefined();
    await expect(world.alerts()).resolves.toEqual([]);
  });

  it('tells of a run that began and ended between two lists, once', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    await world.sweep();
    world.clock.advance(10 * MINUTE);
    const jobId = addRun(world, 5 * MINUTE, FAILED);

    await world.sweepFor(3 * MINUTE);
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'Failed' }]);
    await expect(world.job(jobId)).resolves.toMatchObject({ registeredAt: expect.any(Number) });
  });

  it('takes one request for all its runs, and writes nothing without news', async () => {
    await using world = await worldWithIModel();
    for (const n of [5, 4, 3, 2, 1]) addRun(world, n * MINUTE);
    await watch(world);
    await world.sweep();
    world.clock.advance(MINUTE);
    world.forget();

    await expect(world.sweep()).resolves.toMatchObject({ requests: 1, checks: 5, pending: 5 });
    expect(asked(world)).toEqual({ lists: 1, statuses: 0 });
    expect(world.writes()).toEqual(['PutItem Checkpoint', 'PutItem Checkpoint']);
  });

  it('whose list fails is told as in trouble, and its jobs are asked about by id', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const jobId = addRun(world, MINUTE);
    await watch(world);
    await world.sweep();
    world.simulator.setList(IMODEL, [{ answer: { kind: 'error', status: 403 } }]);
    world.simulator.setRun(jobId, { state: 'Failed' });
    world.clock.advance(MINUTE);
    world.forget();

    await expect(world.sweep()).resolves.toMatchObject({ listingsFailed: 1, jobsEnded: 1 });
    expect(asked(world)).toMatchObject({ lists: 1, statuses: 1 });
    await expect(world.ports.iModels.get(IMODEL)).resolves.toMatchObject({
      trouble: { cause: 'AccessDenied' },
    });
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'Failed' }]);

    world.simulator.setList(IMODEL, []);
    world.clock.advance(MINUTE);
    await world.sweep();
    const { trouble } = (await world.ports.iModels.get(IMODEL)) ?? {};
    expect(trouble).toBeUndefined();
  });

  it('adopts a job that somebody registered by its id', async () => {
    await using world = await worldWithIModel();
    const jobId = addRun(world, MINUTE);
    await registerById(world, { jobId, kind: 'grouping-and-mapping-extraction' });
    await watch(world);
    await world.sweepFor(2 * MINUTE);
    await expect(world.job(jobId)).resolves.toMatchObject({
      iModelId: IMODEL,
      registeredBy: 'somebody',
      state: 'Running',
    });
  });

  it('adopts one that was taken for a run of a connection, and follows it to its end', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const jobId = addRun(world, MINUTE);
    const connection = { connectionId: 'b0d3c9f2-4e7a-4d15-9c68-000000000001' };
    const kind = { kind: 'synchronization-run', connectionType: 'storage' } as const;
    await registerById(world, { jobId, ...kind, ...connection });
    await watch(world);
    await world.sweepFor(2 * MINUTE);
    world.simulator.setList(IMODEL, [{ answer: { kind: 'error', status: 500 } }]);
    world.simulator.setRun(jobId, { state: 'Failed' });
    await expect(world.sweep(), 'asked by its id').resolves.toMatchObject({ errors: 0 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Failed' });
  });

  it('leaves its jobs to be asked about by id when it is no longer watched', async () => {
    await using world = await worldWithIModel();
    const jobId = addRun(world, MINUTE);
    await watch(world);
    await world.sweep();
    const iModel = await world.ports.iModels.get(IMODEL);
    if (iModel) await world.ports.iModels.remove(iModel);
    const { items } = await world.ports.jobs.pendingPage(undefined, 10);
    expect(items.filter(isPendingJob).map((job) => job.jobId)).toEqual([jobId]);
    expect(items).toHaveLength(1);

    world.simulator.setRun(jobId, { state: 'Succeeded' });
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, listings: 0 });
  });

  it('has one page of the logs of a success read, and three of a failure', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    await world.sweep();
    world.clock.advance(MINUTE);
    const logs = Array.from({ length: 5_000 }, (_, n) => ({ level: 'Info', message: `No. ${n}` }));
    const well = addRun(world, 1_000, [{ answer: { state: 'Succeeded', logs } }]);
    const badly = addRun(world, 1_000, [{ answer: { state: 'Failed', logs } }]);

    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 2 });
    const pages = world.simulator.requests.list('logs').map(({ jobId }) => jobId);
    expect(pages.toSorted()).toEqual([well, badly, badly, badly].toSorted());
    const issues = (await world.engines.sns.alerts()).map(({ attributes }) => attributes);
    expect(JSON.stringify(issues), 'whether there are issues is not known').toContain('unknown');
  });

  it('takes an old word of a lagging list for no news', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    const jobId = addRun(world, MINUTE);
    await watch(world);
    await world.sweep();
    const { version } = await world.job(jobId);
    await world.change(jobId, (job) => ({
      ...job,
      transitions: [{ from: 'Registered', to: 'Queued', at: 0, version: 1 }, ...job.transitions],
      version: version + 1,
    }));
    world.simulator.setList(IMODEL, [{ answer: { states: { [jobId]: 'Queued' } } }]);
    await world.sweepFor(3 * MINUTE);
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'Running',
      version: version + 1,
    });
  });
});

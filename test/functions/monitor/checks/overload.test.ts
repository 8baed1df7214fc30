import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import type { RunLengths } from '../../../../functions/core/sweeps/schedule.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { RUNNING, SUCCEEDED, status } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

/** Runs end within minutes, or go on for a day. */
const RUN_LENGTHS: RunLengths = {
  ended: [300, 300, 300],
  givenUp: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300],
};
/** Some young jobs, and many that are hours old. */
const PENDING_BY_AGE = [0, 5, 0, 0, 0, 40];
const SETTINGS = { checksPerMinute: 12, concurrency: 1 };

/** Lets a world have been swept before, with these runs and these jobs. */
async function remember(world: World, facts: Partial<Checkpoint> = {}): Promise<void> {
  await world.sweep(SETTINGS);
  const checkpoint = await world.checkpoint();
  if (checkpoint === undefined) throw new Error('The sweep left no checkpoint.');
  await world.ports.checkpoints.write({
    ...checkpoint,
    runLengths: RUN_LENGTHS,
    lastPassByAge: PENDING_BY_AGE,
    ...facts,
    version: checkpoint.version + 1,
  });
}

/** A world with old jobs that nothing is to be expected of, and some that were just registered. */
async function overloadedWorld() {
  const world = await createWorld({ tables: 'memory' });
  await remember(world);
  const old = await world.registerMany(40, { state: 'Running' });
  world.clock.advance(HOUR);
  const young = await world.registerMany(5, { state: 'Running' });
  world.forget();
  return { world, old, young };
}

/** Sweeps by the minute until so many passes are complete. */
async function sweepPasses(world: World, count: number): Promise<void> {
  for (let passes = 0; passes < count; ) {
    const [report] = await world.sweepFor(MINUTE, SETTINGS);
    passes += report?.passesCompleted ?? 0;
  }
}

function timesAsked(world: World, jobId: string): number {
  return world.asked().filter((asked) => asked === jobId).length;
}

describe('with more pending jobs than budget, and a history', () => {
  it('jobs of the age at which runs end are checked in every pass, the others now and then', async () => {
    const { world, old, young } = await overloadedWorld();
    await using _ = world;
    await sweepPasses(world, 3);
    for (const jobId of young) expect(timesAsked(world, jobId)).toBeGreaterThanOrEqual(3);
    const meanOfOld = old.reduce((sum, jobId) => sum + timesAsked(world, jobId), 0) / old.length;
    expect(meanOfOld).toBeLessThan(3 / 2);
  });

  it('every job is checked within eight passes', async () => {
    const { world, old, young } = await overloadedWorld();
    await using _ = world;
    await sweepPasses(world, 8);
    expect(new Set(world.asked())).toEqual(new Set([...old, ...young]));
  });

  it('jobs that are skipped count as pending, and cost neither a request nor a write', async () => {
    const { world } = await overloadedWorld();
    await using _ = world;
    const [report] = await world.sweepFor(MINUTE, SETTINGS);
    expect(report).toMatchObject({ pending: 45, passesCompleted: 1 });
    expect(report?.requests).toBeLessThan(20);
    expect(world.writes()).toEqual(Array(2).fill(expect.stringMatching(/^write checkpoint/)));
  });

  it('a job that something is wrong with is checked in every pass, whatever its age', async () => {
    const { world, old } = await overloadedWorld();
    await using _ = world;
    const sick = old[7] ?? '';
    world.simulator.setRun(sick, status(500));
    await world.change(sick, (job) => ({ ...job, failedChecks: 1, version: job.version + 1 }));
    await sweepPasses(world, 3);
    expect(timesAsked(world, sick)).toBeGreaterThanOrEqual(3);
  });

  it('a run that is missing is not taken for the only one there is while others are skipped', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(2, { state: 'Running' });
    await remember(world, { lastPassAnswers: {} });
    world.clock.advance(HOUR);
    for (const jobId of jobIds) world.simulator.setRun(jobId, status(404));
    world.forget();
    for (let sweeps = 0; sweeps < 8 && world.asked().length === 0; sweeps += 1) {
      await remember(world, { lastPassAnswers: {} });
      world.clock.advance(MINUTE);
    }
    const [asked, ...others] = new Set(world.asked());
    expect(others).toEqual([]);
    expect((await world.job(asked ?? '')).missing).toBeUndefined();
  });
});

describe('the monitor learns', () => {
  it('how old jobs are when their runs end', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const ending = await world.register();
    await world.register({ answer: status(404) });
    await world.register();
    await world.sweepFor(5 * MINUTE, SETTINGS);
    await expect(world.checkpoint()).resolves.not.toHaveProperty('runLengths');
    world.simulator.setRun(ending, SUCCEEDED);
    await world.sweepFor(15 * MINUTE, SETTINGS);
    const { runLengths } = (await world.checkpoint()) ?? {};
    expect(runLengths?.ended.slice(0, 5)).toEqual([0, 0, 1, 0, 0]);
    expect(runLengths?.givenUp.slice(0, 5)).toEqual([0, 0, 0, 1, 0]);
  });

  it('nothing while no run ends', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(3, { answer: RUNNING });
    await remember(world);
    await world.sweepFor(3 * MINUTE, SETTINGS);
    expect((await world.checkpoint())?.runLengths).toEqual(RUN_LENGTHS);
  });
});

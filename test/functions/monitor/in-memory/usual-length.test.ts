import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { countOf, type GroupLengths } from '../../../../functions/core/statistics/lengths.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import type { SweepPorts } from '../../../../functions/monitor/context.ts';
import { sweep } from '../../../../functions/monitor/sweep.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

const LABEL = 'Tower B, nightly';
const GROUP = `reporting-extraction#label#${LABEL}`;
const REGISTERED = { state: 'Registered', label: LABEL } as const;
const QUEUED = { kind: 'Status', state: 'Queued' } as const;
const SUCCEEDED = { kind: 'Status', state: 'Succeeded' } as const;

let world: MemoryWorld;
beforeEach(() => {
  world = createMemoryWorld();
});

/** Lets so many runs be seen, and end 12 min later. */
async function runsEnd(first: number, count: number, label = LABEL): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) => jobId(first + n));
  for (const id of ids) {
    world.add(id, { ...REGISTERED, label, registeredAt: world.clock.now() });
    world.answers.set(id, [QUEUED]);
  }
  await sweepFor(12);
  for (const id of ids) world.answers.set(id, [SUCCEEDED]);
  await world.sweep();
}

async function sweepFor(minutes: number): Promise<void> {
  for (let n = 0; n < minutes; n += 1) {
    await world.sweep();
    world.clock.advance(MINUTE);
  }
}

const known = (group = GROUP) => world.ports.lengths.get(group);
const counted = async (group = GROUP) => countOf((await known(group))?.counts ?? {});

async function seeNew(facts: Partial<Job> = {}, settings = {}): Promise<Job | undefined> {
  world.clock.advance(MINUTE);
  world.add(jobId(99), { ...REGISTERED, registeredAt: world.clock.now(), ...facts });
  world.answers.set(jobId(99), [QUEUED]);
  await world.sweep(settings);
  return world.job(jobId(99));
}

describe('how long runs take', () => {
  it('is put on record once a group, at the end of the sweep that found their ends', async () => {
    await runsEnd(1, 11);
    await runsEnd(20, 2, 'Tower C');
    expect(await known()).toMatchObject({ version: 1 });
    expect(await counted()).toBe(11);
    expect(await counted('reporting-extraction#label#Tower C')).toBe(2);
  });

  it('is not learned of runs that were over when first seen, nor of what the monitor gave up', async () => {
    world.add(jobId(1), { ...REGISTERED, registeredAt: world.clock.now() });
    world.answers.set(jobId(1), [SUCCEEDED]);
    world.add(jobId(2), { label: LABEL, timeoutAt: BEGIN + MINUTE });
    await sweepFor(3);
    expect(world.job(jobId(1))?.state).toBe('Succeeded');
    expect(world.job(jobId(2))?.state).toBe('TimedOut');
    expect(await known()).toBeUndefined();
  });

  it('is not learned of an end that was found after nobody had looked for long', async () => {
    world.add(jobId(1), { ...REGISTERED, registeredAt: world.clock.now() });
    world.answers.set(jobId(1), [QUEUED, SUCCEEDED]);
    await sweepFor(1);
    world.clock.advance(HOUR);
    await world.sweep();
    expect(world.job(jobId(1))).toMatchObject({ state: 'Succeeded', runLength: HOUR + MINUTE });
    expect(await known()).toBeUndefined();
  });

  it('is lost where it cannot be written, and the ends are not', async () => {
    const broken: SweepPorts['lengths'] = {
      get: async () => Promise.reject(new Error('no table')),
      put: async () => Promise.reject(new Error('no table')),
    };
    const ports = { ...world.ports, lengths: broken };
    world.add(jobId(1), { ...REGISTERED, registeredAt: world.clock.now() });
    world.answers.set(jobId(1), [QUEUED, SUCCEEDED]);
    const settings = { checksPerMinute: 100, concurrency: 1 };
    await sweep(ports, settings);
    world.clock.advance(MINUTE);
    const report = await sweep(ports, settings);
    expect(report).toMatchObject({ outcome: 'Completed', jobsEnded: 1, alertsPublished: 1 });
    expect(report.errors).toBeGreaterThan(0);
    expect(world.job(jobId(1))?.state).toBe('Succeeded');
  });

  it('loses what another sweep was first to write', async () => {
    await runsEnd(1, 1);
    const first = (await known()) as GroupLengths;
    const late = { ...world.ports.lengths, get: async () => undefined };
    world.add(jobId(5), { ...REGISTERED, registeredAt: world.clock.now() });
    world.answers.set(jobId(5), [QUEUED, SUCCEEDED]);
    for (let n = 0; n < 2; n += 1) {
      await sweep({ ...world.ports, lengths: late }, { checksPerMinute: 100, concurrency: 1 });
      world.clock.advance(MINUTE);
    }
    expect(await known()).toEqual(first);
  });
});

describe('what is usual', () => {
  it('is kept with a job when it is first seen, and told of it when it is unusually long', async () => {
    await runsEnd(1, 10);
    const job = await seeNew();
    expect(job).toMatchObject({ usual: { runs: 10 }, remindCause: 'UnusuallyLong' });
    await sweepFor(30);
    expect(world.published.filter(({ jobId: id }) => id === jobId(99))).toMatchObject([
      { kind: 'StillRunning', unusual: 'Long' },
    ]);
    await sweepFor(30);
    expect(world.published.filter(({ jobId: id }) => id === jobId(99))).toHaveLength(1);
  });

  it('is not said of fewer than 10 runs', async () => {
    await runsEnd(1, 9);
    const job = await seeNew();
    expect(job).not.toHaveProperty('usual');
    expect(job).not.toHaveProperty('remindAt');
  });

  it('is as it was before the run itself ended, so that a repeated alert says the same', async () => {
    await runsEnd(1, 10);
    await runsEnd(20, 3);
    expect(await counted()).toBe(13);
    expect(world.job(jobId(20))?.usual).toMatchObject({ runs: 10 });
    expect(world.job(jobId(22))?.usual).toMatchObject({ runs: 10 });
  });

  it('is kept, and nobody told, where the deployment has it so', async () => {
    await runsEnd(1, 10);
    const job = await seeNew({}, { unusuallyLong: false });
    expect(job).toMatchObject({ usual: { runs: 10 } });
    expect(job).not.toHaveProperty('remindAt');
  });

  it('is another for another label', async () => {
    await runsEnd(1, 10);
    expect(await seeNew({ label: 'Tower C' })).not.toHaveProperty('usual');
  });
});

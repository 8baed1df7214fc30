import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { countOf, type GroupLengths } from '../../../../functions/core/statistics/lengths.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
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

/** Lets so many runs begin, under watch. @returns their ids */
function runsBegin(first: number, count: number, label = LABEL): string[] {
  const ids = Array.from({ length: count }, (_, n) => jobId(first + n));
  for (const id of ids) {
    world.add(id, { ...REGISTERED, label, registeredAt: world.clock.now() });
    world.answers.set(id, [QUEUED]);
  }
  return ids;
}

/** Lets so many runs be seen, and end 12 min later. */
async function runsEnd(first: number, count: number, label = LABEL): Promise<void> {
  const ids = runsBegin(first, count, label);
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
    world.clock.advance(14 * MINUTE);
    await world.sweep();
    expect(world.job(jobId(1))).toMatchObject({ state: 'Succeeded', runLength: 15 * MINUTE });
    expect(await known()).toBeUndefined();
  });

  it('is read once a sweep, and written once, whatever the number of jobs', async () => {
    const calls: string[] = [];
    const { get, put } = world.ports.lengths;
    world.ports.lengths.get = (group) => {
      calls.push(`get ${group}`);
      return get(group);
    };
    world.ports.lengths.put = (lengths) => {
      calls.push(`put ${lengths.group}`);
      return put(lengths);
    };
    world.add(jobId(50), { state: 'Registered' });
    await runsEnd(1, 3);
    // Once when they are first seen, and when they end. A job without a label is compared with none.
    expect(calls).toEqual([`get ${GROUP}`, `get ${GROUP}`, `put ${GROUP}`]);
  });

  it.each(['get', 'put'] as const)(
    'is lost where it cannot be kept, and the ends are not: %s',
    async (call) => {
      const error = new Error('There is no table.');
      runsBegin(1, 1);
      await world.sweep();
      world.ports.lengths[call] = () => Promise.reject<never>(error);
      world.clock.advance(MINUTE);
      world.answers.set(jobId(1), [SUCCEEDED]);
      const report = await world.sweep();
      expect(report).toMatchObject({ outcome: 'Completed', jobsEnded: 1, alertsPublished: 1 });
      expect(report).toMatchObject({ errors: 1 });
      expect(world.logged.filter(({ level }) => level === 'warn')).toEqual([
        {
          level: 'warn',
          message: 'How long runs take could not be read or written',
          facts: { group: GROUP, error },
        },
      ]);
      expect(world.job(jobId(1))?.state).toBe('Succeeded');
    },
  );

  it('loses what another sweep was first to write', async () => {
    await runsEnd(1, 1);
    const first = (await known()) as GroupLengths;
    const { get } = world.ports.lengths;
    world.ports.lengths.get = async () => undefined;
    runsBegin(5, 1);
    await world.sweep();
    world.clock.advance(MINUTE);
    world.answers.set(jobId(5), [SUCCEEDED]);
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 1, errors: 0 });
    world.ports.lengths.get = get;
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

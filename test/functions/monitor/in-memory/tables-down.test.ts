import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';
import { owing } from './owing.ts';

describe('a table that does not answer', () => {
  const error = new Error('The table is down.');
  const down = () => Promise.reject(error);

  it('when a job is read that owes an alert is told, and the next job is attended to', async () => {
    const world = owing(2);
    const { get } = world.ports.jobs;
    world.ports.jobs.get = (id, signal) => (id === jobId(0) ? down() : get(id, signal));
    await expect(world.sweep()).resolves.toMatchObject({ errors: 1, alertsPublished: 1 });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'error', facts: { jobId: jobId(0), error } }),
    );
  });

  it('when a pending job owes an alert holds up no check', async () => {
    const world = createMemoryWorld();
    const owed = { [`${jobId(0)}/2026-01-31T22:00:00.000Z/2`]: 'Ended' } as const;
    world.add(jobId(0), { owed });
    world.ports.jobs.get = down;
    await expect(world.sweep()).resolves.toMatchObject({ errors: 1, checks: 1, pending: 1 });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'error', facts: { jobId: jobId(0), error } }),
    );
  });

  it.each(['owedPage', 'pendingPage'] as const)(
    'with a page (%s) is told, and does not end the sweep',
    async (page) => {
      const world = createMemoryWorld();
      world.add(jobId(0));
      world.ports.jobs[page] = down;
      const report = await world.sweep();
      const passesCompleted = page === 'owedPage' ? 1 : 0;
      expect(report).toMatchObject({ outcome: 'Completed', errors: 1, passesCompleted });
      expect(world.logged).toContainEqual(
        expect.objectContaining({ level: 'error', facts: { error } }),
      );
    },
  );

  it('when a check has news is told, and the check is settled', async () => {
    const world = createMemoryWorld();
    world.add(jobId(0));
    world.answers.set(jobId(0), [{ kind: 'Status', state: 'Succeeded' }]);
    world.ports.jobs.get = down;
    await expect(world.sweep()).resolves.toMatchObject({
      errors: 1,
      jobsEnded: 0,
      passesCompleted: 1,
    });
  });

  it('because somebody else wrote first drops the news, and counts it', async () => {
    const world = createMemoryWorld();
    world.add(jobId(0));
    world.answers.set(jobId(0), [{ kind: 'Status', state: 'Succeeded' }]);
    world.ports.jobs.update = async () => false;
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 1, transitions: 0 });
    expect(world.published).toEqual([]);
  });

  it('with the item that the index tells of lets the pass go on', async () => {
    const world = createMemoryWorld();
    const owed = { [`${jobId(0)}/2026-01-31T22:00:00.000Z/2`]: 'Ended' } as const;
    world.add(jobId(0), { owed });
    world.ports.jobs.get = async () => undefined;
    await expect(world.sweep()).resolves.toMatchObject({ errors: 0, passesCompleted: 1 });
  });

  it('with the version that was checked drops the news, and counts it', async () => {
    const world = createMemoryWorld();
    const job = world.add(jobId(0));
    world.answers.set(jobId(0), [{ kind: 'Status', state: 'Succeeded' }]);
    world.ports.jobs.get = async () => ({ ...job, version: 2 });
    world.ports.jobs.update = async () => true;
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 1, jobsEnded: 0 });
  });
});

describe('a checkpoint that cannot be written', () => {
  /** Fails the write with a number; the answer may be an error, or that somebody else was first. */
  function failWrite(world: MemoryWorld, number: number, answer: () => Promise<boolean>): void {
    const { write } = world.ports.checkpoints;
    let writes = 0;
    world.ports.checkpoints.write = (checkpoint, signal) => {
      writes += 1;
      return writes === number ? answer() : write(checkpoint, signal);
    };
  }

  function limited(): MemoryWorld {
    const world = createMemoryWorld();
    world.add(jobId(0));
    world.answers.set(jobId(0), [{ kind: 'RateLimited', retryAt: BEGIN + MINUTE }]);
    return world;
  }

  it('when a pause begins is told, and the end of the sweep writes the pause', async () => {
    const world = limited();
    const error = new Error('The table is down.');
    failWrite(world, 2, () => Promise.reject(error));
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed' });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'error', facts: { error } }),
    );
    expect(world.checkpoint()).toMatchObject({ version: 2, pause: { reason: 'RateLimited' } });
  });

  it('when a pause begins because somebody else wrote leaves the rest as it is', async () => {
    const world = limited();
    failWrite(world, 2, async () => false);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed' });
    expect(world.checkpoint()).toMatchObject({ version: 2, pause: { reason: 'RateLimited' } });
  });

  it('at the end of the sweep fails the sweep', async () => {
    const world = createMemoryWorld();
    failWrite(world, 2, () => Promise.reject(new Error('The table is down.')));
    await expect(world.sweep()).rejects.toThrow('The table is down.');
  });

  it('at the end, as far as the answer says, and is on record all the same is a success', async () => {
    const world = createMemoryWorld();
    const { write } = world.ports.checkpoints;
    world.ports.checkpoints.write = async (checkpoint, signal) => {
      const isWritten = await write(checkpoint, signal);
      return checkpoint.version === 2 ? false : isWritten;
    };
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed' });
  });
});

import { describe, expect, it } from 'vitest';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

/** Puts an ended job on record whose alert is owed since `at` (ms since the epoch). */
function addOwing(world: MemoryWorld, n: number, at = BEGIN): void {
  world.add(jobId(n), {
    state: 'TimedOut',
    version: 2,
    endedAt: at,
    transitions: [{ from: 'Running', to: 'TimedOut', at, version: 2 }],
    owed: { [`${jobId(n)}/2026-01-31T23:59:30.000Z/2`]: 'Ended' },
  });
}

function owing(count: number): MemoryWorld {
  const world = createMemoryWorld();
  for (let n = 0; n < count; n += 1) addOwing(world, n);
  return world;
}

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
});

import type { Job } from '../../../../functions/core/jobs/job.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

/** Puts an ended job on record whose alert is owed since `at` (ms since the epoch). */
export function addOwing(
  world: MemoryWorld,
  n: number,
  at = BEGIN,
  facts: Partial<Job> = {},
): void {
  const { state = 'TimedOut' } = facts;
  world.add(jobId(n), {
    state,
    version: 2,
    endedAt: at,
    transitions: [{ from: 'Running', to: state, at, version: 2 }],
    owed: { [`${jobId(n)}/2026-01-31T23:59:30.000Z/2`]: 'Ended' },
    ...facts,
  });
}

/** A world with so many ended jobs whose alerts are owed. */
export function owing(count: number): MemoryWorld {
  const world = createMemoryWorld();
  for (let n = 0; n < count; n += 1) addOwing(world, n);
  return world;
}

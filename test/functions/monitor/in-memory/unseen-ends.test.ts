import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

const RUNNING: Answer = { kind: 'Status', state: 'Running' };
const SUCCEEDED: Answer = { kind: 'Status', state: 'Succeeded' };
const DOWN: Answer = { kind: 'Failed', error: { name: 'ServerError', message: '500.' } };

/** A world with so many runs that answer so until a time (ms after it begins), and have ended then. */
async function endedAfter(end: number, { runs = 1, answer = RUNNING } = {}): Promise<MemoryWorld> {
  const world = createMemoryWorld();
  for (let n = 1; n <= runs; n += 1) {
    world.add(jobId(n), { startedAt: BEGIN - 30 * MINUTE });
    const reply = async () => {
      const past = world.clock.now() - BEGIN;
      if (past < 5 * MINUTE) return RUNNING;
      return past < end ? answer : SUCCEEDED;
    };
    world.answers.set(jobId(n), [reply]);
  }
  for (; world.job(jobId(1))?.state === 'Running'; world.clock.advance(MINUTE)) await world.sweep();
  return world;
}

/** When the run may have ended at the earliest, in minutes after the world began, and what is known of its length. */
function known(world: MemoryWorld) {
  const { transitions = [], runLength } = world.job(jobId(1)) ?? {};
  const since = transitions.at(-1)?.uncheckedSince;
  return { since: since && (since - BEGIN) / MINUTE, runLength };
}

describe('an end', () => {
  it('that a check has found a minute after the one before is known, and so is the length', async () => {
    const world = await endedAfter(20 * MINUTE);
    expect(known(world)).toEqual({ since: undefined, runLength: 50 * MINUTE });
  });

  it.each([1, 20])(
    'that came in an outage may have come at its beginning, of %d runs',
    async (runs) => {
      const world = await endedAfter(HOUR, { runs, answer: DOWN });
      expect(known(world)).toEqual({ since: 4, runLength: undefined });
    },
  );

  it('that came while our credentials were refused may have come at once', async () => {
    const world = await endedAfter(HOUR, { answer: { kind: 'Unauthorized' } });
    expect(known(world)).toEqual({ since: 4, runLength: undefined });
  });

  it('that came while the run was missing may have come at once', async () => {
    const world = await endedAfter(45 * MINUTE, { answer: { kind: 'Missing', status: 404 } });
    expect(known(world)).toEqual({ since: 4, runLength: undefined });
  });

  it('that came in a short outage is known well enough', async () => {
    const world = await endedAfter(15 * MINUTE, { answer: DOWN });
    expect(known(world)).toMatchObject({ since: undefined, runLength: 45 * MINUTE });
  });

  it('of a run that alone gave no answer may have come when it began to give none', async () => {
    const world = createMemoryWorld();
    world.add(jobId(1), { startedAt: BEGIN });
    world.add(jobId(2));
    world.answers.set(jobId(1), [RUNNING, ...Array(40).fill(DOWN), SUCCEEDED]);
    for (; world.job(jobId(1))?.state === 'Running'; world.clock.advance(MINUTE))
      await world.sweep();
    expect(known(world)).toEqual({ since: 0, runLength: undefined });
  });
});

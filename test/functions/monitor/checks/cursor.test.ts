import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newIModel } from '../../../../functions/core/imodels/imodel.ts';
import { placeOf } from '../../../../functions/core/jobs/job.ts';
import type { Api } from '../../../../functions/core/kinds/kind.ts';
import { planPass } from '../../../../functions/core/sweeps/pass.ts';
import {
  AGE_CLASSES,
  hasTurn,
  isPendingJob,
  MAX_INTERVAL,
  type PassPlan,
} from '../../../../functions/core/sweeps/schedule.ts';
import { type Cursor, createCursor } from '../../../../functions/monitor/checks/cursor.ts';
import { openUpstream } from '../../../../functions/monitor/upstream/upstream.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from '../in-memory/memory-world.ts';
import { createLease, createSweepContext } from '../in-memory/sweep-context.ts';

const BUDGET = 100;

/** A cursor over so many pending jobs, with a budget for all of them. */
function cursorOver(count: number): Cursor {
  const world = createMemoryWorld();
  for (let n = 1; n <= count; n += 1) world.add(jobId(n));
  return cursorIn(world);
}

/** A cursor over all that is pending in a world. */
function cursorIn(world: MemoryWorld, plan?: PassPlan, isAtFault = (_: Api) => false): Cursor {
  const context = createSweepContext(world.ports);
  const lease = createLease(BUDGET, BEGIN);
  const settings = { checksPerMinute: BUDGET, concurrency: 1 };
  const upstream = openUpstream(context, settings, { lease, isPaused: false });
  const range = { after: undefined, until: undefined, isAtFault };
  return createCursor(context, upstream, { plan: plan ?? planPass(lease.found, BUDGET), ...range });
}

function place(n: number): string {
  return placeOf({ jobId: jobId(n) });
}

async function comeBy(cursor: Cursor): Promise<string[]> {
  const keys: string[] = [];
  for await (const { entry } of cursor.due(0)) if (isPendingJob(entry)) keys.push(placeOf(entry));
  return keys;
}

it('before its first key nothing is done', () => {
  const { progress } = cursorOver(3);
  expect(progress).toEqual({ done: [] });
});

it('is done up to the key before the first that is not, whatever order they come in', async () => {
  const walk = fc
    .integer({ min: 0, max: 40 })
    .chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.shuffledSubarray(Array.from({ length: count }, (_, n) => place(n + 1))),
      ),
    );
  await fc.assert(
    fc.asyncProperty(walk, async ([count, done]) => {
      const cursor = cursorOver(count);
      const keys = await comeBy(cursor);
      for (const key of done) cursor.done(key);

      const firstOpen = keys.findIndex((key) => !done.includes(key));
      const upTo = firstOpen === -1 ? count : firstOpen;
      expect(cursor.isAtEnd).toBe(true);
      expect(cursor.progress.done).toHaveLength(upTo);
      expect(cursor.progress.last).toBe(keys[upTo - 1]);
    }),
  );
});

it('keys may be done while others are still to come', async () => {
  const cursor = cursorOver(3);
  const due = cursor.due(0);
  await due.next();
  await due.next();
  cursor.done(place(2));
  expect(cursor.progress).toEqual({ done: [] });
  cursor.done(place(1));
  expect(cursor.progress).toMatchObject({ last: place(2), done: [{}, {}] });
  await due.next();
  expect(cursor.progress).toMatchObject({ last: place(2), done: [{}, {}] });
  expect(cursor.isAtEnd).toBe(false);
});

it('takes no notice of a key that it never came by', async () => {
  const cursor = cursorOver(2);
  cursor.done(place(9));
  await comeBy(cursor);
  expect(cursor.progress).toEqual({ done: [] });
});

it('asks about each job of a watched iModel, and about those of one that no more is in their turn', async () => {
  const world = createMemoryWorld();
  const watched = 'aaaa0000-0000-4000-8000-000000000000';
  const ended = 'bbbb0000-0000-4000-8000-000000000000';
  const settings = { timeoutMinutes: 60, watchedBy: 'test' };
  const source = 'grouping-and-mapping';
  world.watch(newIModel({ iModelId: watched, source, ...settings }, BEGIN));
  const listed = world.add(jobId(1), { iModelId: watched });
  const others = [2, 3].map((n) => world.add(jobId(n), { iModelId: ended }));
  const pass = [0, 1, 2, 3].find(
    (each) => ![listed, ...others].some((job) => hasTurn(job.jobId, each)),
  );
  const intervals = Array<number>(AGE_CLASSES).fill(MAX_INTERVAL);

  const cursor = cursorIn(world, { pass: pass ?? 0, intervals, jobsPerCheck: 1 });
  await expect(comeBy(cursor)).resolves.toEqual([placeOf(listed)]);
  expect(cursor.turns).toHaveLength(4);
});

it('passes by the runs and lists of an API at fault, which take no request and are not done', async () => {
  const world = createMemoryWorld();
  const iModelId = 'aaaa0000-0000-4000-8000-000000000000';
  const settings = { timeoutMinutes: 60, watchedBy: 'test' };
  world.watch(newIModel({ iModelId, source: 'reporting', ...settings }, BEGIN));
  const kind = 'reporting-extraction';
  world.add(jobId(1), { kind, iModelId });
  const other = world.add(jobId(3), { kind: 'synchronization-run' });
  world.add(jobId(2), { kind });

  const cursor = cursorIn(world, undefined, (api) => api === 'reporting');
  await expect(comeBy(cursor)).resolves.toEqual([placeOf(other)]);
  cursor.done(placeOf(other));
  expect(cursor.isAtEnd).toBe(true);
  expect(cursor.turns).toHaveLength(4);
  expect(cursor.turns.filter(({ isDue }) => isDue)).toHaveLength(1);
  expect(cursor.progress).toEqual({ done: [] });
});

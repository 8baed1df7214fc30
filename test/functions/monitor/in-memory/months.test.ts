import { describe, expect, it } from 'vitest';
import { getStatistics } from '../../../../functions/api/use-cases/statistics.ts';
import { runsIn, totalOf } from '../../../../functions/core/statistics/figures.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, type MemoryWorld } from './memory-world.ts';

/** The world begins with February 2026. */
const MARCH = Date.UTC(2026, 2, 1);

/** A world that has swept since February and in which so many runs have ended in that month. */
async function worldWithRuns(count: number, labels = 1): Promise<MemoryWorld> {
  const world = createMemoryWorld();
  await world.sweep();
  for (let n = 0; n < count; n += 1) {
    const facts = { label: `Tower ${n % labels}`, state: n % 5 === 0 ? 'Failed' : 'Succeeded' };
    world.add(`run-${n}`, { ...facts, endedAt: BEGIN + HOUR + n, runLength: 10 * MINUTE });
  }
  return world;
}

async function sweepAt({ clock, sweep }: MemoryWorld, time: number) {
  clock.advance(time - clock.now());
  return sweep();
}

/** How often the figures of a month were written. */
function countKept({ ports }: MemoryWorld): () => number {
  let kept = 0;
  const { keep } = ports.statistics;
  Object.assign(ports.statistics, {
    keep(...asked: Parameters<typeof keep>) {
      kept += 1;
      return keep(...asked);
    },
  });
  return () => kept;
}

const february = ({ ports }: MemoryWorld) => ports.statistics.month('2026-02');

describe('the figures of a month', () => {
  it('are kept once it has been over for 7 days, and never written again', async () => {
    const world = await worldWithRuns(40, 3);
    const kept = countKept(world);
    await sweepAt(world, MARCH + 7 * DAY - 1);
    expect(kept()).toBe(0);
    await sweepAt(world, MARCH + 7 * DAY);
    const figures = await february(world);
    expect(figures?.by.label.groups.map(([name, each]) => [name, runsIn(each)])).toEqual([
      ['Tower 0', 14],
      ['Tower 1', 13],
      ['Tower 2', 13],
    ]);
    expect(figures?.by.state.groups).toMatchObject([
      ['Succeeded', { states: { Succeeded: 32 } }],
      ['Failed', { states: { Failed: 8 } }],
    ]);
    await sweepAt(world, MARCH + 8 * DAY);
    expect(kept()).toBe(1);
    expect(world.checkpoint()).toMatchObject({ month: '2026-03' });
  });

  it('that were kept by a clock that was set back since are counted anew in their time', async () => {
    const world = await worldWithRuns(40);
    await sweepAt(world, Date.UTC(2026, 3, 20));
    await sweepAt(world, BEGIN + 2 * DAY);
    world.add('later', { state: 'Failed', endedAt: BEGIN + 3 * DAY });
    const { statistics, time } = world.ports;
    const runs = async () => {
      const span = { from: BEGIN, to: MARCH, groupBy: 'state' } as const;
      return runsIn(totalOf(await getStatistics({ statistics, time }, span)));
    };
    expect(await runs()).toBe(41);
    await sweepAt(world, MARCH + 7 * DAY);
    expect(await february(world)).not.toHaveProperty('after');
    expect(await runs()).toBe(41);
    expect(world.checkpoint()).toMatchObject({ month: '2026-03' });
    await sweepAt(world, Date.UTC(2026, 3, 20));
    expect(world.checkpoint()).toMatchObject({ month: '2026-04' });
  });

  it('answer what the index answered, when the jobs are off the record', async () => {
    const world = await worldWithRuns(40, 3);
    const { statistics, time } = world.ports;
    const ask = () =>
      getStatistics({ statistics, time }, { from: BEGIN, to: MARCH, groupBy: 'label' });
    const before = await ask();
    await sweepAt(world, MARCH + 7 * DAY);
    const endedPage = () => Promise.reject(new Error('There are no jobs any more.'));
    Object.assign(statistics, { endedPage });
    expect(await ask()).toEqual(before);
    expect(runsIn(totalOf(before))).toBe(40);
  });

  it('are those of no run where none ended, for every month that was missed', async () => {
    const world = await worldWithRuns(0);
    await sweepAt(world, Date.UTC(2026, 4, 20));
    const months = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05'];
    const kept = await Promise.all(months.map((month) => world.ports.statistics.month(month)));
    expect(kept.map((each) => each && runsIn(totalOf(each.by.label)))).toEqual([
      ...[undefined, 0, 0, 0, undefined],
    ]);
  });

  it('are counted for four months back where no sweep of an earlier version left word of them', async () => {
    const world = await worldWithRuns(3);
    const checkpoint = world.checkpoint();
    if (!checkpoint) throw new Error('There is no checkpoint.');
    const { month: _, ...old } = checkpoint;
    await world.ports.checkpoints.write({ ...old, version: old.version + 1 });
    await sweepAt(world, Date.UTC(2026, 4, 20));
    expect((await february(world))?.by.label.groups).toHaveLength(1);
    expect(world.checkpoint()).toMatchObject({ month: '2026-05' });
  });

  it('are counted over several sweeps when there are many runs, each once', async () => {
    const world = await worldWithRuns(20_001, 7);
    const kept = countKept(world);
    await sweepAt(world, MARCH + 7 * DAY);
    expect(await february(world)).toMatchObject({ version: 1, after: expect.any(String) });
    expect(world.checkpoint()).toMatchObject({ month: '2026-02' });
    await sweepAt(world, MARCH + 7 * DAY + MINUTE);
    await sweepAt(world, MARCH + 7 * DAY + 2 * MINUTE);
    const figures = await february(world);
    expect(figures).not.toHaveProperty('after');
    expect(figures && runsIn(totalOf(figures.by.iModel))).toBe(20_001);
    expect(kept()).toBe(3);
  });

  it('are counted of 10,000 runs a sweep, of all months together', async () => {
    const world = await worldWithRuns(6_000);
    for (let n = 0; n < 6_000; n += 1) {
      world.add(`later-${n}`, { state: 'Succeeded', endedAt: MARCH + HOUR + n });
    }
    const months = async () => {
      const figures = ['2026-02', '2026-03'].map((month) => world.ports.statistics.month(month));
      return (await Promise.all(figures)).map((each) => each && runsIn(totalOf(each.by.state)));
    };
    await sweepAt(world, Date.UTC(2026, 3, 20));
    expect(await months()).toEqual([6_000, 4_000]);
    expect(world.checkpoint()).toMatchObject({ month: '2026-03' });
    await sweepAt(world, Date.UTC(2026, 3, 20) + MINUTE);
    expect(await months()).toEqual([6_000, 6_000]);
    expect(world.logged).toEqual(
      ['2026-02', '2026-03'].map((month) => ({
        level: 'info',
        message: 'The figures of a month are kept',
        facts: { month, runs: 6_000 },
      })),
    );
  });

  it('wait for the next sweep when those before them took all 10,000', async () => {
    const world = await worldWithRuns(10_000);
    const kept = countKept(world);
    await sweepAt(world, Date.UTC(2026, 3, 20));
    expect(kept()).toBe(1);
    expect(world.checkpoint()).toMatchObject({ month: '2026-03' });
  });

  it('are not counted anew where an older checkpoint says that they are owed', async () => {
    const world = await worldWithRuns(5);
    await sweepAt(world, MARCH + 7 * DAY);
    const checkpoint = world.checkpoint();
    if (!checkpoint) throw new Error('There is no checkpoint.');
    const version = checkpoint.version + 1;
    await world.ports.checkpoints.write({ ...checkpoint, version, month: '2026-02' });
    world.ports.statistics.endedPage = () => Promise.reject(new Error('Nobody needs it.'));
    const report = await sweepAt(world, MARCH + 7 * DAY + MINUTE);
    expect(report).toMatchObject({ errors: 0 });
    expect(world.checkpoint()).toMatchObject({ month: '2026-03' });
  });

  it.each([
    ['after 8 s', 8, 1],
    ['with the sweep, which is no error', 52, 0],
  ])('are given up for this sweep %s', async (_, seconds, errors) => {
    const world = await worldWithRuns(5);
    world.ports.statistics.endedPage = (_range, _after, _limit, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        world.clock.advance(seconds * SECOND);
      });
    const report = await sweepAt(world, MARCH + 7 * DAY);
    expect(report).toMatchObject({ outcome: 'Completed', errors });
  });

  it.each(['month', 'endedPage', 'keep'] as const)(
    'are tried again by the next sweep when %s fails, and the sweep goes on',
    async (call) => {
      const world = await worldWithRuns(5);
      const { statistics } = world.ports;
      const whole = { ...statistics };
      const error = new Error('no');
      Object.assign(statistics, { [call]: () => Promise.reject(error) });
      const report = await sweepAt(world, MARCH + 7 * DAY);
      expect(report).toMatchObject({ outcome: 'Completed', errors: 1 });
      expect(world.logged).toMatchObject([{ level: 'error', facts: { error } }]);
      Object.assign(statistics, whole);
      await sweepAt(world, MARCH + 7 * DAY + MINUTE);
      expect(runsIn(totalOf((await february(world))?.by.state ?? { groups: [] }))).toBe(5);
    },
  );

  it('are left alone when another sweep has written them', async () => {
    const world = await worldWithRuns(5);
    Object.assign(world.ports.statistics, { keep: async () => false });
    await sweepAt(world, MARCH + 7 * DAY);
    expect(world.checkpoint()).toMatchObject({ month: '2026-02' });
  });
});

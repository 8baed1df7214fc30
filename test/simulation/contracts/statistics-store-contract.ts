import { describe, expect, it } from 'vitest';
import { cancel, newJob } from '../../../functions/core/jobs/watch.ts';
import type { JobStore, StatisticsStore } from '../../../functions/core/ports.ts';
import type { EndedRun } from '../../../functions/core/statistics/figures.ts';
import { uncounted, withRuns } from '../../../functions/core/statistics/months.ts';
import { HOUR, MINUTE } from '../../../functions/core/time.ts';

const BEGIN = Date.UTC(2026, 0, 31, 22);
const MONTH_END = Date.UTC(2026, 1, 1);

/** What the ended runs and the figures of months have to do, whoever keeps them. */
export function describeStatisticsStore(
  name: string,
  start: () => Promise<{ readonly jobs: JobStore; readonly statistics: StatisticsStore }>,
): void {
  describe(`the statistics in ${name}`, () => {
    it('give out the runs that ended in a span of time, oldest first, page by page', async () => {
      const { jobs, statistics } = await start();
      for (let n = 0; n < 5; n += 1) await end(jobs, n, BEGIN + n * 30 * MINUTE);
      await jobs.add(registered('pending', BEGIN));
      const span = { month: '2026-01', from: BEGIN + 30 * MINUTE, before: MONTH_END };
      const first = await statistics.endedPage(span, undefined, 2);
      const second = await statistics.endedPage(span, first.last, 2);
      expect(first.items.map(({ jobId }) => jobId)).toEqual(['run-1', 'run-2']);
      expect(second.items.map(({ jobId }) => jobId)).toEqual(['run-3']);
      expect(second.last).toBeUndefined();
      expect(first.items[0]).toMatchObject({
        label: 'Tower B',
        state: 'Cancelled',
        endedAt: BEGIN + 30 * MINUTE,
      });
    });

    it('leave out a run that ended at the very end of the span', async () => {
      const { jobs, statistics } = await start();
      await end(jobs, 1, BEGIN + HOUR);
      const page = (from: number, before: number) =>
        statistics.endedPage({ month: '2026-01', from, before }, undefined);
      expect((await page(BEGIN, BEGIN + HOUR)).items).toEqual([]);
      expect((await page(BEGIN + HOUR, BEGIN + HOUR + 1)).items).toHaveLength(1);
    });

    it('leave out what was made up, and what was over before its watch', async () => {
      const { jobs, statistics } = await start();
      const job = cancel(registered('run-1', BEGIN), BEGIN, 'somebody');
      await jobs.add({ ...job, isQuietIfOver: true });
      await jobs.add({ ...job, jobId: 'run-2', isTest: true });
      const span = { month: '2026-01', from: BEGIN, before: MONTH_END };
      await expect(statistics.endedPage(span, undefined)).resolves.toEqual({ items: [] });
    });

    it('keep the figures of a month, each version made from the one before', async () => {
      const { statistics } = await start();
      const run: EndedRun = { jobId: 'a', state: 'Failed', label: 'Tōkyō', runLength: HOUR };
      const begun = withRuns(uncounted('2026-01'), [run], 'a key');
      expect(await statistics.month('2026-01')).toBeUndefined();
      expect(await statistics.keep(begun)).toBe(true);
      expect(await statistics.keep(begun)).toBe(false);
      const whole = withRuns(begun, [run], undefined);
      expect(await statistics.keep(whole)).toBe(true);
      expect(await statistics.month('2026-01')).toEqual(whole);
      expect(await statistics.month('2026-02')).toBeUndefined();
    });

    it('keep a thousand groups, whatever they are called', async () => {
      const { statistics } = await start();
      const letters = (n: number) =>
        String.fromCodePoint(
          ...Array.from({ length: 100 }, (_, i) => 0x20000 + ((n * 7_919 + i * 104_729) % 40_000)),
        );
      const runs = Array.from({ length: 1_200 }, (_, n) => ({
        jobId: `run-${n}`,
        state: 'Succeeded',
        label: letters(n),
        iModelId: crypto.randomUUID(),
        runLength: n * MINUTE,
      }));
      const figures = withRuns(uncounted('2026-01'), runs, undefined);
      expect(await statistics.keep(figures)).toBe(true);
      expect((await statistics.month('2026-01'))?.by.state).toEqual(figures.by.state);
    });
  });
}

function registered(jobId: string, registeredAt: number) {
  return newJob({
    jobId,
    label: 'Tower B',
    registeredAt,
    registeredBy: 'test',
    timeoutAt: registeredAt + 24 * HOUR,
  });
}

async function end(jobs: JobStore, n: number, at: number): Promise<void> {
  const job = registered(`run-${n}`, BEGIN - HOUR);
  await jobs.add(job);
  await jobs.update(job, cancel(job, at, 'test'));
}

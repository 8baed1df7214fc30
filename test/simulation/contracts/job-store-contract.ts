import { describe, expect, it } from 'vitest';
import { markPublished } from '../../../functions/core/alerts/alert.ts';
import { applyChange } from '../../../functions/core/jobs/apply.ts';
import { type Job, owedAlerts, watchedJob } from '../../../functions/core/jobs/job.ts';
import { cancel } from '../../../functions/core/jobs/watch.ts';
import type { ListableJobStore } from '../../../functions/core/ports.ts';
import { isPendingJob } from '../../../functions/core/sweeps/schedule.ts';
import { HOUR, MINUTE } from '../../../functions/core/time.ts';
import { job, jobId, REGISTERED_AT } from '../../functions/adapters/support/jobs.ts';

const NOW = REGISTERED_AT + MINUTE;
const FAILURE = {
  kind: 'FailedCheck',
  error: { name: 'Timeout', message: 'late' },
  limitedAt: NOW,
  notBefore: NOW,
} as const;

function ended(before: Job): Job {
  return applyChange(before, { kind: 'Transition', to: 'Failed', reason: 'Disk full' }, NOW);
}

/**
 * What every store of jobs does, be it a table or a stand-in for one.
 *
 * @param createStore makes an empty store whose index does not lag
 */
export function describeJobStore(name: string, createStore: () => Promise<ListableJobStore>): void {
  describe(`${name} as a store of jobs`, () => {
    it('reads a job back as it was added, and nothing where there is none', async () => {
      const jobs = await createStore();
      expect(await jobs.add(job(1))).toBe(true);
      expect(await jobs.get(jobId(1))).toEqual(job(1));
      expect(await jobs.get(jobId(2))).toBeUndefined();
    });

    it('adds no job over one that is known', async () => {
      const jobs = await createStore();
      await jobs.add(job(1));
      expect(await jobs.add({ ...job(1), label: 'another' })).toBe(false);
      expect(await jobs.get(jobId(1))).toEqual(job(1));
    });

    it('updates the version that it was told of, and no other', async () => {
      const jobs = await createStore();
      await jobs.add(job(1));
      const failed = applyChange(job(1), FAILURE, NOW);
      expect(await jobs.update(job(1), failed)).toBe(true);
      expect(await jobs.update(job(1), ended(job(1)))).toBe(false);
      expect(await jobs.update(ended(failed), ended(failed))).toBe(false);
      expect(await jobs.get(jobId(1))).toEqual(failed);
    });

    it('removes what an update takes away', async () => {
      const jobs = await createStore();
      await jobs.add(job(1));
      const failed = applyChange(job(1), FAILURE, NOW);
      const recovered = applyChange(failed, { kind: 'Recovered' }, NOW);
      await jobs.update(job(1), failed);
      await jobs.update(failed, recovered);
      expect(await jobs.get(jobId(1))).toEqual(recovered);
    });

    it('creates nothing by an update', async () => {
      const jobs = await createStore();
      expect(await jobs.update(job(1), ended(job(1)))).toBe(false);
      expect(await jobs.get(jobId(1))).toBeUndefined();
    });

    it('lets one of two updates of the same version through', async () => {
      const jobs = await createStore();
      await jobs.add(job(1));
      const results = await Promise.all([
        jobs.update(job(1), ended(job(1))),
        jobs.update(job(1), cancel(job(1), NOW, 'somebody')),
      ]);
      expect(results.toSorted()).toEqual([false, true]);
    });

    it('keeps what it was given, whatever becomes of that afterwards', async () => {
      const jobs = await createStore();
      const given = { ...job(1), transitions: [...job(1).transitions] };
      await jobs.add(given);
      given.transitions.push({ from: 'a', to: 'b', at: 0, version: 0 });
      expect(await jobs.get(jobId(1))).toEqual(job(1));
    });

    it('pages through the pending jobs in key order, with what a check must know', async () => {
      const jobs = await createStore();
      for (const n of [3, 1, 2, 4]) await jobs.add(job(n));
      await jobs.update(job(2), applyChange(job(2), FAILURE, NOW));
      await jobs.update(job(4), ended(job(4)));

      const first = await jobs.pendingPage(undefined, 2);
      expect(first).toEqual({
        items: [
          watchedJob(job(1)),
          { ...watchedJob(job(2)), version: 2, failedChecks: 1, limitedAt: NOW, notBefore: NOW },
        ],
        last: `#${jobId(2)}`,
      });
      const second = await jobs.pendingPage(first.last, 2);
      expect(second.items.filter(isPendingJob).map((item) => item.jobId)).toEqual([jobId(3)]);
    });

    it('tells of a page that is just full that there may be more', async () => {
      const jobs = await createStore();
      await jobs.add(job(1));
      const first = await jobs.pendingPage(undefined, 1);
      expect(first.last).toBe(`#${jobId(1)}`);
      expect(await jobs.pendingPage(first.last, 1)).toEqual({ items: [] });
    });

    it('lists what ended and still owes an alert, in key order', async () => {
      const jobs = await createStore();
      for (const n of [3, 2, 1]) {
        await jobs.add(job(n));
        await jobs.update(job(n), ended(job(n)));
      }
      const end = ended(job(2));
      await jobs.update(end, markPublished(end, owedAlerts(end), NOW));
      expect(await jobs.owedPage(undefined)).toEqual({ items: [jobId(1), jobId(3)] });
      expect(await jobs.owedPage(`#${jobId(1)}`)).toEqual({ items: [jobId(3)] });
    });

    it('lists the jobs of a month, newest first, page by page, with their history', async () => {
      const jobs = await createStore();
      const failed = ended(job(2, MINUTE));
      for (const each of [job(1), failed, job(3, 2 * HOUR)]) await jobs.add(each);
      const january = { month: '2026-01' };
      const first = await jobs.listPage(january, 1);
      expect(first.items).toEqual([failed]);
      const second = await jobs.listPage({ ...january, after: first.last ?? '' }, 2);
      expect(second.items.filter(isPendingJob).map((item) => item.jobId)).toEqual([jobId(1)]);
      expect(second).not.toHaveProperty('last');
    });

    it('leaves out of the list whatever is not asked for', async () => {
      const jobs = await createStore();
      for (const each of [job(1), ended(job(2))]) await jobs.add(each);
      const page = await jobs.listPage({ month: '2026-01' }, 10, { stateGroup: 'ended' });
      expect(page.items.map((item) => item.jobId)).toEqual([jobId(2)]);
    });

    it('refuses what is given up before it begins', async () => {
      const jobs = await createStore();
      await jobs.add(job(1));
      const given = AbortSignal.abort();
      await expect(jobs.update(job(1), ended(job(1)), given)).rejects.toThrow();
      await expect(jobs.get(jobId(1), given)).rejects.toThrow();
      expect(await jobs.get(jobId(1))).toEqual(job(1));
    });
  });
}

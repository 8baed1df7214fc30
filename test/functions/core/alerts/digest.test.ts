import { expect, it } from 'vitest';
import { digestCounts } from '../../../../functions/core/alerts/digest.ts';
import type { WatchedJob } from '../../../../functions/core/jobs/job.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { WATCHED } from '../imodels/watched.ts';
import { START } from '../jobs/arbitraries.ts';

const ended = (jobId: string, state: string) => ({
  jobId,
  state,
  registeredAt: START,
  endedAt: START + HOUR,
});

function pending(jobId: string, facts: Partial<WatchedJob> = {}): WatchedJob {
  const watch = { registeredAt: START, registeredBy: 'test', timeoutAt: START + DAY };
  return { ...newJob({ jobId, ...watch }), ...facts };
}

it('a digest tells twelve failures one by one, what Failed first', () => {
  const counts = digestCounts();
  for (const state of ['Succeeded', 'Cancelled']) counts.addEnded(ended(state, state));
  for (let n = 0; n < 4; n += 1) counts.addEnded(ended(`gone ${n}`, 'NotFound'));
  for (let n = 0; n < 10; n += 1) counts.addEnded(ended(`failed ${n}`, 'Failed'));
  const failed = Array.from({ length: 10 }, (_, n) => `failed ${n}`);
  expect(counts.failures()).toEqual([...failed, 'gone 0', 'gone 1']);
  for (let n = 10; n < 20; n += 1) counts.addEnded(ended(`failed ${n}`, 'Failed'));
  expect(counts.failures()).toEqual([...failed, 'failed 10', 'failed 11']);
});

it('a digest counts pending jobs, no iModels, and tells of those that began first of the late', () => {
  const counts = digestCounts();
  counts.addPending(WATCHED);
  counts.addPending(pending('in time'));
  const begun = [30, 10, 50, 20, 60].map((minute) => START + minute * MINUTE);
  for (const startedAt of begun) {
    counts.addPending(pending(`${(startedAt - START) / MINUTE}`, { startedAt, remindedAt: START }));
  }
  counts.addPending(pending('0', { overdueSince: 0 }));
  const { pending: count, late, latest } = counts.counts();
  expect([count, late]).toEqual([7, 6]);
  expect(latest.map(({ jobId }) => jobId)).toEqual(['0', '10', '20', '30', '50']);
});

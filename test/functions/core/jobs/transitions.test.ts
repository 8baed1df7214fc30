import { expect, it } from 'vitest';
import { recordTransition } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';

const JOB: Job = {
  jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
  registeredAt: 0,
  registeredBy: 'test',
  timeoutAt: 1,
  state: 'Running',
  version: 1,
  transitions: [],
};

function flap(times: number): Job {
  let job = JOB;
  for (let version = 1; version <= times; version += 1) {
    const transition = { from: 'Running', to: 'Queued', at: version, version };
    job = { ...job, ...recordTransition(job, transition) };
  }
  return job;
}

it('keeps the first hundred transitions whole', () => {
  expect(flap(100).transitions).toHaveLength(100);
  expect(flap(100).transitionsDropped).toBeUndefined();
});

it('keeps the first 10 and the last 89 of a run that flaps, and counts the rest', () => {
  const { transitions, transitionsDropped } = flap(500);
  expect(transitions.map(({ version }) => version)).toEqual([
    ...Array.from({ length: 10 }, (_, index) => index + 1),
    ...Array.from({ length: 89 }, (_, index) => index + 412),
  ]);
  expect(transitionsDropped).toBe(401);
});

it('loses count of none, however many there are', () => {
  for (const times of [101, 102, 150, 333]) {
    const { transitions, transitionsDropped = 0 } = flap(times);
    expect(transitions.length + transitionsDropped).toBe(times);
    expect(transitions.length).toBeLessThanOrEqual(100);
  }
});

it('keeps the newest, too, where all behind the first ten are ends that are still to be told', () => {
  const { transitions } = flap(100);
  const owed = Object.fromEntries(
    transitions.map(({ version }) => [`job/${version}`, 'Ended' as const]),
  );
  const newest = { from: 'Running', to: 'Failed', at: 101, version: 101 };
  const after = recordTransition({ ...JOB, transitions, owed }, newest);
  expect(after.transitions.at(-1)).toBe(newest);
  expect(after).toMatchObject({ transitions: { length: 99 }, transitionsDropped: 2 });
});

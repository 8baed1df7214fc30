import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WatchedJob } from '../../../../functions/core/jobs/job.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import {
  AGE_CLASSES,
  ageClass,
  type ByAge,
  EVERY_PASS,
  hasTurn,
  hazards,
  jobsPerCheck,
  MAX_INTERVAL,
  NO_RUNS,
  planIntervals,
  type RunLengths,
  turnOf,
} from '../../../../functions/core/sweeps/schedule.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

const NOW = START + 10 * MINUTE;
const PASSES = Array.from({ length: 2 * MAX_INTERVAL }, (_, pass) => pass);

function pendingJob(facts: Partial<WatchedJob> = {}): WatchedJob {
  const job = newJob({
    jobId: randomUUID(),
    registeredAt: START,
    registeredBy: 'test',
    timeoutAt: START + DAY,
  });
  return { ...job, ...facts };
}

function everyAge(interval: number): number[] {
  return EVERY_PASS.map(() => interval);
}

/** The passes out of two rounds of intervals that check a job. */
function passesOf(job: WatchedJob, intervals: readonly number[], now = NOW): number[] {
  return PASSES.filter((pass) => turnOf(job, { pass, intervals }, now).isDue);
}

describe('a job', () => {
  it.each([1, 2, 4, 8])(
    'of an age with interval %i has its turn in every pass of so many',
    (interval) => {
      const job = pendingJob();
      const passes = passesOf(job, everyAge(interval));
      expect(passes).toHaveLength(PASSES.length / interval);
      expect(passes.map((pass) => pass - (passes[0] ?? 0))).toEqual(
        passes.map((_, i) => i * interval),
      );
    },
  );

  it('has no turn before upstream wants to be asked about it again', () => {
    const waiting = { ageClass: ageClass(10 * MINUTE), isDue: false, isWaiting: true };
    const plan = { pass: 0, intervals: EVERY_PASS };
    expect(turnOf(pendingJob({ notBefore: NOW + 1 }), plan, NOW)).toEqual(waiting);
    expect(turnOf(pendingJob({ notBefore: NOW }), plan, NOW).isDue).toBe(true);
  });

  it('goes by the interval of its own age', () => {
    const intervals = everyAge(8).with(ageClass(10 * MINUTE), 2);
    expect(passesOf(pendingJob(), intervals)).toHaveLength(8);
    expect(passesOf(pendingJob(), intervals, NOW + 30 * MINUTE)).toHaveLength(2);
  });

  it('never waits for more than eight passes, however intervals and its age change meanwhile', () => {
    const interval = fc.constantFrom(1, 2, 4, 8);
    const intervals = fc.array(interval, { minLength: AGE_CLASSES, maxLength: AGE_CLASSES });
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.nat(),
        fc.array(fc.tuple(intervals, fc.nat({ max: DAY })), { minLength: 8, maxLength: 8 }),
        (jobId, first, passes) => {
          const job = pendingJob({ jobId });
          const checked = passes.filter(
            ([table, age], i) =>
              turnOf(job, { pass: first + i, intervals: table }, START + age).isDue,
          );
          expect(checked.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('is checked for certain in the passes that are its own at any age', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(), (jobId, pass) => {
        const { isDue } = turnOf(pendingJob({ jobId }), { pass, intervals: everyAge(8) }, NOW);
        expect(hasTurn(jobId, pass)).toBe(isDue);
      }),
    );
  });

  it.each<[string, Partial<WatchedJob>]>([
    ['is missing', { missing: { since: START, count: 1 } }],
    ['could not be checked', { failedChecks: 1 }],
    ['is tried on past its time', { overdueSince: 0 }],
    ['is due to time out', { timeoutAt: NOW }],
    ['somebody is to be reminded of', { remindAt: NOW }],
    ['owes an alert', { owed: { 'an-alert': 'Ended' } }],
  ])('that %s is checked in every pass', (_, facts) => {
    expect(passesOf(pendingJob(facts), everyAge(8))).toEqual(PASSES);
  });
});

it('jobs of one age are spread evenly over the passes, random ids or not', () => {
  const sequential = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  for (const idOf of [() => randomUUID(), sequential]) {
    const jobIds = Array.from({ length: 8_000 }, (_, i) => idOf(i));
    for (let pass = 0; pass < MAX_INTERVAL; pass += 1) {
      const share = jobIds.filter((jobId) => hasTurn(jobId, pass)).length;
      expect(share).toBeGreaterThan(850);
      expect(share).toBeLessThan(1_150);
    }
  }
});

describe('intervals', () => {
  /** Runs most of which end within minutes, while a few go on for hours. */
  const SHORT_OR_LONG: RunLengths = {
    ended: [10, 60, 120, 60, 10, 5, 5, 10, 30, 20, 5, 0, 0, 0],
    givenUp: [],
  };
  const pendingOf = (scale: number): ByAge =>
    [3, 6, 8, 6, 5, 8, 14, 25, 20, 5, 1, 0, 0, 0].map((count) => count * scale);

  it.each([1, 60, 101, 5_000])('are 1 with room for %i pending jobs in the budget', (budget) => {
    const pending = EVERY_PASS.map((_, n) => (n === 5 ? budget - 1 : n === 2 ? 1 : 0));
    expect(planIntervals(SHORT_OR_LONG, pending, budget)).toEqual(EVERY_PASS);
  });

  it('are 1 while no run has ended, whatever the load', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 100_000 }), { maxLength: AGE_CLASSES }),
        fc.integer({ min: 1, max: 5_000 }),
        (pending, budget) => {
          expect(planIntervals(NO_RUNS, pending, budget)).toEqual(EVERY_PASS);
        },
      ),
    );
  });

  it('are 1 before the first pass has counted the pending jobs', () => {
    expect(planIntervals(SHORT_OR_LONG, [], 60)).toEqual(EVERY_PASS);
  });

  it('send the checks to the ages at which runs end', () => {
    const intervals = planIntervals(SHORT_OR_LONG, pendingOf(10), 200);
    expect(intervals[2]).toBe(1);
    expect(intervals[6]).toBe(8);
  });

  it('leave out no more than the load calls for: the budget is used up', () => {
    for (const scale of [1, 2, 5, 20, 100]) {
      const pending = pendingOf(scale);
      const intervals = planIntervals(SHORT_OR_LONG, pending, 100);
      const all = pending.reduce((sum, count) => sum + count, 0);
      expect(all / jobsPerCheck(pending, intervals)).toBeGreaterThan(0.8 * Math.min(all, 100));
    }
  });

  it('come close to what the square-root law allows, and far below a check in every pass', () => {
    const pending = pendingOf(50);
    const hazard = hazards(SHORT_OR_LONG);
    const sum = (of: (n: number) => number) => pending.reduce((total, _, n) => total + of(n), 0);
    const ending = (n: number) => (pending[n] ?? 0) * (hazard[n] ?? 0);
    /** Passes between two checks, at the ages at which runs end; and how long a pass takes. */
    const delayWith = (intervals: readonly number[]) =>
      (sum((n) => ending(n) * (intervals[n] ?? 0)) / sum(ending)) *
      (sum((n) => (pending[n] ?? 0) / (intervals[n] ?? 0)) / 500);
    const least =
      sum((n) => (pending[n] ?? 0) * Math.sqrt(hazard[n] ?? 0)) ** 2 / (500 * sum(ending));
    const planned = delayWith(planIntervals(SHORT_OR_LONG, pending, 500));
    expect(planned / least).toBeLessThan(1.15);
    expect(planned / delayWith(EVERY_PASS)).toBeLessThan(0.8);
  });
});

it('a walk comes by one job for each check where nobody is skipped, or nobody is known', () => {
  expect(jobsPerCheck([1, 2, 3], EVERY_PASS)).toBe(1);
  expect(jobsPerCheck([], everyAge(8))).toBe(1);
  expect(jobsPerCheck([0, 7], everyAge(8))).toBe(8);
});

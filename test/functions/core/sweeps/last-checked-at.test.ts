import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../../functions/core/jobs/job.ts';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { health } from '../../../../functions/core/sweeps/health.ts';
import { continuePass, lastCheckedAt } from '../../../../functions/core/sweeps/pass.ts';
import {
  EVERY_PASS,
  hasTurn,
  type Intervals,
  type Turn,
  turnOf,
} from '../../../../functions/core/sweeps/schedule.ts';

const FIRST = firstCheckpoint(0, 60);
const JOB = { jobId: '55555555-0000-0000-0000-000000000000', state: 'Running', registeredAt: 100 };
const BEFORE = '#44444444-0000-0000-0000-000000000000';
const BEHIND = '#66666666-0000-0000-0000-000000000000';

describe('lastCheckedAt', () => {
  it('is the start of the pass under way once that has come by the job', () => {
    const checkpoint = { ...FIRST, after: BEHIND, passStartedAt: 300, lastPassStartedAt: 200 };
    expect(lastCheckedAt(JOB, checkpoint)).toBe(300);
    expect(lastCheckedAt(JOB, { ...checkpoint, after: placeOf(JOB) })).toBe(300);
  });

  it('is the start of the last pass until then', () => {
    const checkpoint = { ...FIRST, passStartedAt: 300, lastPassStartedAt: 200 };
    expect(lastCheckedAt(JOB, checkpoint)).toBe(200);
    expect(lastCheckedAt(JOB, { ...checkpoint, after: BEFORE })).toBe(200);
  });

  it('does not count a pass that began before the job was registered', () => {
    const checkpoint = { ...FIRST, after: BEHIND, passStartedAt: 99, lastPassStartedAt: 50 };
    expect(lastCheckedAt(JOB, checkpoint)).toBeUndefined();
    expect(lastCheckedAt({ ...JOB, registeredAt: 99 }, checkpoint)).toBe(99);
    expect(lastCheckedAt(JOB, { ...FIRST, lastPassStartedAt: 99 })).toBeUndefined();
  });

  it('is not told of a job that has ended, or where nothing was ever swept', () => {
    const checkpoint = { ...FIRST, lastPassStartedAt: 200 };
    expect(lastCheckedAt({ ...JOB, state: 'Succeeded' }, checkpoint)).toBeUndefined();
    expect(lastCheckedAt(JOB, FIRST)).toBeUndefined();
    expect(lastCheckedAt(JOB, undefined)).toBeUndefined();
  });

  it('is not the start of a pass where the run wants to be asked at a time of its own', () => {
    const checkpoint = { ...FIRST, after: BEHIND, passStartedAt: 900_000 };
    const lastError = { name: 'RateLimited', message: 'limited', at: 800_000 } as const;
    const own = { ...JOB, notBefore: 950_000, lastError };
    expect(lastCheckedAt(own, checkpoint)).toBe(500_000);
    expect(lastCheckedAt({ ...own, registeredAt: 600_000 }, checkpoint)).toBeUndefined();
    expect(lastCheckedAt({ ...JOB, lastError }, checkpoint)).toBe(900_000);
  });

  describe('where passes skip jobs', () => {
    /** A job that has its turn for certain in passes 0, 8, 16 …. */
    const job = { ...JOB, jobId: jobIdWithTurn(0) };

    it('is the start of the pass under way only when it checked the job for certain', () => {
      const checkpoint = { ...FIRST, after: 'z', passStartedAt: 300, lastPassStartedAt: 200 };
      const told = (pass: number) => lastCheckedAt(job, { ...checkpoint, pass, skipped: 1 });
      expect([told(8), told(9)]).toEqual([300, 200]);
    });

    it('is the start of the last pass in which the job had its turn', () => {
      const earlierPasses = [190, 180, 170];
      const checkpoint = { ...FIRST, lastPassStartedAt: 200, earlierPasses };
      const told = (pass: number) => lastCheckedAt(job, { ...checkpoint, pass });
      expect([told(9), told(10), told(11)]).toEqual([200, 190, 180]);
    });

    it('is the start of the pass that skipped nobody when the job had no turn since', () => {
      const checkpoint = { ...FIRST, pass: 16, lastPassStartedAt: 200, earlierPasses: [190, 180] };
      expect(lastCheckedAt(job, checkpoint)).toBe(180);
      expect(lastCheckedAt({ ...job, registeredAt: 181 }, checkpoint)).toBeUndefined();
    });
  });

  it('is never later than the last check, nor a check behind that one', () => {
    fc.assert(
      fc.property(fc.array(registration, { maxLength: 8 }), fc.array(sweep), (jobs, sweeps) => {
        const { checkpoint, checks } = sweepThrough(jobs, sweeps, EVERY_PASS);
        for (const job of jobs) {
          const [last, oneBefore] = (checks.get(job.jobId) ?? []).toReversed();
          const told = lastCheckedAt({ ...job, state: 'Running' }, checkpoint);
          if (told !== undefined) expect(told).toBeLessThanOrEqual(last ?? -1);
          if (oneBefore !== undefined) expect(told).toBeGreaterThan(oneBefore);
        }
      }),
    );
  });

  it('is never later than the last check either where passes skip jobs', () => {
    const sweeps = fc.array(sweep, { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(registration, { maxLength: 8 }), sweeps, (jobs, sweeps) => {
        const { checkpoint, checks } = sweepThrough(jobs, sweeps);
        const { lag } = health(checkpoint, NOW);
        for (const job of jobs) {
          const last = checks.get(job.jobId)?.at(-1);
          const told = lastCheckedAt({ ...job, state: 'Running' }, checkpoint);
          if (told !== undefined) expect(told).toBeLessThanOrEqual(last ?? -1);
          if (lag === undefined || checkpoint.lastPassStartedAt === undefined) continue;
          expect(Math.max(last ?? -1, job.registeredAt)).toBeGreaterThanOrEqual(NOW - lag);
        }
      }),
    );
  });
});

const NOW = 10_000;
const registration = fc.record({ jobId: fc.uuid(), registeredAt: fc.nat({ max: 500 }) });
/** A sweep: how long after the one before (ms), how many jobs it checks, and by which intervals. */
const sweep = fc.record({
  wait: fc.integer({ min: 1, max: 100 }),
  budget: fc.nat({ max: 5 }),
  intervals: fc.constantFrom(1, 1, 2, 4, 8).map((interval) => EVERY_PASS.map(() => interval)),
});

type Registration = { readonly jobId: string; readonly registeredAt: number };
type Sweep = { readonly wait: number; readonly budget: number; readonly intervals: Intervals };

function jobIdWithTurn(pass: number): string {
  const ids = Array.from({ length: 8 }, (_, i) => `5555555${i}-0000-4000-8000-000000000000`);
  return ids.find((jobId) => hasTurn(jobId, pass)) ?? '';
}

/**
 * Sweeps as the monitor does, each job in its turn, and takes down when each was checked. The first
 * pass checks all there are, as it does where the monitor has not learned anything yet.
 */
function sweepThrough(jobs: readonly Registration[], sweeps: readonly Sweep[], fixed?: Intervals) {
  const checks = new Map<string, number[]>();
  let checkpoint: Checkpoint = FIRST;
  let now = 0;
  for (const { wait, budget, ...own } of sweeps) {
    now += wait;
    const { after = '', pass = 0 } = checkpoint;
    const intervals = fixed ?? (pass === 0 ? EVERY_PASS : own.intervals);
    const ahead = jobs
      .filter(({ jobId, registeredAt }) => registeredAt <= now && placeOf({ jobId }) > after)
      .toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1));
    const done: { jobId: string; visit: Turn }[] = [];
    let left = budget;
    for (const job of ahead) {
      const visit = turnOf({ ...PENDING, ...job }, { pass, intervals }, now);
      if (visit.isDue && left === 0) break;
      if (visit.isDue) {
        left -= 1;
        checks.set(job.jobId, [...(checks.get(job.jobId) ?? []), now]);
      }
      done.push({ jobId: job.jobId, visit });
    }
    const lastDone = done.at(-1);
    const last = lastDone && placeOf(lastDone);
    const part = {
      startedAt: now,
      ...(last !== undefined && { last }),
      done: done.map(({ visit }) => visit),
      isPassComplete: done.length === ahead.length,
      answers: {},
    };
    checkpoint = { ...continuePass(checkpoint, part, now), lastSweepAt: now };
  }
  return { checkpoint, checks };
}

const PENDING = { state: 'Running', version: 1, timeoutAt: Number.POSITIVE_INFINITY };

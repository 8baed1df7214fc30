import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastCheckedAt } from '../../../functions/api/last-checked-at.ts';
import { afterWalk, type Checkpoint, firstCheckpoint } from '../../../functions/core/checkpoint.ts';

const FIRST = firstCheckpoint(0, 60);
const JOB = { jobId: '55555555-0000-0000-0000-000000000000', state: 'Running', registeredAt: 100 };
const BEFORE = '44444444-0000-0000-0000-000000000000';
const BEHIND = '66666666-0000-0000-0000-000000000000';

describe('lastCheckedAt', () => {
  it('is the start of the pass under way once that has come by the job', () => {
    const checkpoint = { ...FIRST, after: BEHIND, passStartedAt: 300, lastPassStartedAt: 200 };
    expect(lastCheckedAt(JOB, checkpoint)).toBe(300);
    expect(lastCheckedAt(JOB, { ...checkpoint, after: JOB.jobId })).toBe(300);
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

  it('is never later than the last check, nor a check behind that one', () => {
    fc.assert(
      fc.property(fc.array(registration, { maxLength: 8 }), fc.array(sweep), (jobs, sweeps) => {
        const { checkpoint, checks } = sweepThrough(jobs, sweeps);
        for (const job of jobs) {
          const [last, oneBefore] = (checks.get(job.jobId) ?? []).toReversed();
          const told = lastCheckedAt({ ...job, state: 'Running' }, checkpoint);
          if (told !== undefined) expect(told).toBeLessThanOrEqual(last ?? -1);
          if (oneBefore !== undefined) expect(told).toBeGreaterThan(oneBefore);
        }
      }),
    );
  });
});

const registration = fc.record({ jobId: fc.uuid(), registeredAt: fc.nat({ max: 500 }) });
/** A sweep: how long after the one before (ms), and how many jobs it comes by. */
const sweep = fc.record({ wait: fc.integer({ min: 1, max: 100 }), budget: fc.nat({ max: 5 }) });

type Registration = { readonly jobId: string; readonly registeredAt: number };
type Sweep = { readonly wait: number; readonly budget: number };

/** Sweeps as the monitor does, each job in its turn, and takes down when each was checked. */
function sweepThrough(jobs: readonly Registration[], sweeps: readonly Sweep[]) {
  const checks = new Map<string, number[]>();
  let checkpoint: Checkpoint = FIRST;
  let now = 0;
  for (const { wait, budget } of sweeps) {
    now += wait;
    const { after = '' } = checkpoint;
    const ahead = jobs
      .filter(({ jobId, registeredAt }) => registeredAt <= now && jobId > after)
      .map(({ jobId }) => jobId)
      .sort();
    const settled = ahead.slice(0, budget);
    for (const jobId of settled) checks.set(jobId, [...(checks.get(jobId) ?? []), now]);
    const walked = {
      startedAt: now,
      last: settled.at(-1),
      settled: settled.length,
      isPassComplete: settled.length === ahead.length,
      tally: { alive: 0, missing: 0 },
      budgetLeft: 0,
      pause: undefined,
      pauseCount: 0,
    };
    checkpoint = afterWalk(checkpoint, walked, now);
  }
  return { checkpoint, checks };
}

import { describe, expect, it } from 'vitest';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { newJob, reopen } from '../../../../functions/core/jobs/watch.ts';
import { isUnusuallyShort, runTime } from '../../../../functions/core/statistics/lengths.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

const REGISTRATION = {
  jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
  registeredAt: START,
  registeredBy: 'test',
  timeoutAt: START + DAY,
};

function jobThrough(...states: readonly string[]): Job {
  const moved = (job: Job, to: string) =>
    to === 'Registered'
      ? reopen(job, REGISTRATION)
      : applyChange(job, { kind: 'Transition', to }, START + MINUTE);
  return states.reduce(moved, newJob(REGISTRATION));
}

describe('how long a run took', () => {
  const to = (state: string, startedAt?: number) => ({
    kind: 'Transition' as const,
    to: state,
    ...(startedAt !== undefined && { startedAt }),
  });

  it('counts from when it was first seen, and stays with the job', () => {
    const queued = applyChange(newJob(REGISTRATION), to('Queued'), START + MINUTE);
    const running = applyChange(queued, to('Running'), START + 3 * MINUTE);
    const ended = applyChange(running, to('Failed'), START + 10 * MINUTE);
    expect(running).not.toHaveProperty('runLength');
    expect(ended.runLength).toBe(9 * MINUTE);
    expect(runTime(ended, START + 10 * MINUTE)).toEqual({ from: 'Seen', ms: 9 * MINUTE });
  });

  it('counts from when upstream says it began, before the watch too', () => {
    const running = applyChange(newJob(REGISTRATION), to('Running', START - HOUR), START + MINUTE);
    const ended = applyChange(running, to('Succeeded'), START + 10 * MINUTE);
    expect(ended.runLength).toBe(70 * MINUTE);
  });

  it('counts from our own time where upstream’s clock is ahead', () => {
    const running = applyChange(newJob(REGISTRATION), to('Running', START + DAY), START + MINUTE);
    const ended = applyChange(running, to('Succeeded'), START + 3 * MINUTE);
    expect(ended.runLength).toBe(2 * MINUTE);
  });

  it('is at least so much of a run that was Running when first seen', () => {
    const ended = applyChange(jobThrough('Running'), to('Succeeded'), START + 3 * MINUTE);
    expect(runTime(ended, START + 3 * MINUTE)).toEqual({
      from: 'SeenRunning',
      bound: 'at least',
      ms: 2 * MINUTE,
    });
  });

  it('counts in this watch alone', () => {
    const again = reopen(jobThrough('Running', 'NotFound'), {
      ...REGISTRATION,
      registeredAt: START + HOUR,
    });
    const seen = applyChange(again, to('Queued'), START + 2 * HOUR);
    const ended = applyChange(seen, to('Succeeded'), START + 2 * HOUR + MINUTE);
    expect(ended.runLength).toBe(MINUTE);
  });

  it('counts in this watch alone where the clock was set back before it, or stood still', () => {
    const registeredAt = START + MINUTE;
    for (const early of [0, HOUR]) {
      const again = reopen(jobThrough('Running', 'Cancelled'), {
        ...REGISTRATION,
        registeredAt: registeredAt - early,
      });
      const seen = applyChange(again, to('Queued'), registeredAt + 2 * MINUTE);
      const ended = applyChange(seen, to('Succeeded'), registeredAt + 7 * MINUTE);
      expect(ended.runLength).toBe(5 * MINUTE);
    }
  });

  it('counts where a clock that is behind saw it before it was registered', () => {
    const running = applyChange(newJob(REGISTRATION), to('Queued'), START - 2 * MINUTE);
    const ended = applyChange(running, to('Succeeded'), START + 3 * MINUTE);
    expect(ended.runLength).toBe(5 * MINUTE);
    const again = reopen(jobThrough('Running', 'Cancelled'), REGISTRATION);
    const seen = applyChange(again, to('Queued'), START - 2 * MINUTE);
    expect(applyChange(seen, to('Failed'), START + MINUTE).runLength).toBe(3 * MINUTE);
  });

  it('is not known of a second watch whose beginning is no more on record', () => {
    const flapping = (job: Job, times: number, from: number) =>
      Array.from({ length: times }, (_, n) => n).reduce(
        (flapped, n) =>
          applyChange(flapped, to(n % 2 ? 'Running' : 'Queued'), from + (n + 1) * MINUTE),
        job,
      );
    const first = flapping(newJob({ ...REGISTRATION, timeoutAt: START + 3 * DAY }), 60, START);
    const again = reopen(applyChange(first, to('TimedOut'), START + 2 * HOUR), {
      ...REGISTRATION,
      registeredAt: START + DAY,
    });
    const usual = { runs: 40, median: 3 * HOUR, p90: 4 * HOUR, shortBelow: 95 * MINUTE };
    const short = { ...flapping(again, 30, START + DAY), usual };
    expect(applyChange(short, to('Succeeded'), START + DAY + 31 * MINUTE)).toHaveProperty(
      'runLength',
      30 * MINUTE,
    );
    const endedAt = START + DAY + 181 * MINUTE;
    const ended = {
      ...applyChange(flapping(again, 180, START + DAY), to('Succeeded'), endedAt),
      usual,
    };
    expect(ended).not.toHaveProperty('runLength');
    expect(isUnusuallyShort(ended, endedAt)).toBe(false);
  });

  it.each([
    ['that was over when first seen', ['Succeeded']],
    ['that the monitor gave up', ['Running', 'TimedOut']],
    ['that is gone', ['Running', 'NotFound']],
    ['that was cancelled', ['Running', 'Cancelled']],
  ])('is not on record of one %s', (_, states) => {
    expect(jobThrough(...states)).not.toHaveProperty('runLength');
  });

  it('is not on record of one that was over when first seen, though upstream says when it began', () => {
    const job = newJob(REGISTRATION);
    const ended = applyChange(job, to('Succeeded', START - HOUR), START + MINUTE);
    expect(ended).not.toHaveProperty('runLength');
    expect(runTime(ended, START + MINUTE)).toEqual({
      from: 'Told',
      bound: 'at most',
      ms: HOUR + MINUTE,
    });
  });
});

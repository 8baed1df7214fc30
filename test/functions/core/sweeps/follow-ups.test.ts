import { describe, expect, it } from 'vitest';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { followUps, leftToLogs } from '../../../../functions/core/sweeps/pass.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

const SETTINGS = { checksPerMinute: 60, checkEvery: 15 * SECOND };
/** After a pass of ten requests, with as many left in the budget. */
function left(budget: number, facts: Partial<Checkpoint> = {}): Checkpoint {
  return { ...firstCheckpoint(START, 60), budget, lastPassByAge: [4, 0, 6], ...facts };
}

/** At which second of the minute each begins. */
function secondsOf(checkpoint: Checkpoint, settings = SETTINGS): readonly number[] {
  return followUps(checkpoint, START, settings).at.map((at) => (at - START) / SECOND);
}

describe('the follow-ups of a sweep', () => {
  it('come evenly over the minute, no sooner than they may, and are over before the next', () => {
    expect(followUps(left(60), START, SETTINGS)).toEqual({
      at: [START + 15 * SECOND, START + 30 * SECOND, START + 45 * SECOND],
      until: START + 55 * SECOND,
    });
    expect(secondsOf(left(60), { ...SETTINGS, checkEvery: 16 * SECOND })).toEqual([20, 40]);
    expect(secondsOf(left(60), { ...SETTINGS, checkEvery: 30 * SECOND })).toEqual([30]);
    expect(secondsOf(left(60), { ...SETTINGS, checkEvery: 31 * SECOND })).toEqual([]);
    expect(secondsOf(left(60), { ...SETTINGS, checkEvery: MINUTE })).toEqual([]);
  });

  it('are as many as the budget carries through all that is pending', () => {
    expect(secondsOf(left(26))).toEqual([20, 40]);
    expect(secondsOf(left(25))).toEqual([30]);
    expect(secondsOf(left(15))).toEqual([]);
    expect(secondsOf(left(0))).toEqual([]);
  });

  it('go by the pass under way where that has come by more', () => {
    expect(secondsOf(left(26, { pendingByAge: [20] }))).toEqual([30]);
  });

  it('go by the jobs that were seen where their ages are not on record', () => {
    const { lastPassByAge: _, ...uncounted } = left(26);
    expect(secondsOf({ ...uncounted, lastPassPending: 20 })).toEqual([30]);
    expect(secondsOf({ ...uncounted, pendingSeen: 20 })).toEqual([30]);
  });

  it('are none in a pause, or with nothing to ask', () => {
    const pause = { until: START + MINUTE, reason: 'RateLimited' } as const;
    expect(secondsOf(left(60, { pause }))).toEqual([]);
    expect(secondsOf(left(60, { lastPassByAge: [0, 0] }))).toEqual([]);
  });

  it('leave a tenth of the budget to the logs of runs that have ended, and three requests', () => {
    expect([10, 30, 31, 60, 5_000].map(leftToLogs)).toEqual([3, 3, 4, 6, 500]);
  });
});

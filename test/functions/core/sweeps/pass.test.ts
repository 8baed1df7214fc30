import { describe, expect, it } from 'vitest';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import {
  completedPasses,
  continuePass,
  hasSkipped,
  type PassPart,
  planPass,
} from '../../../../functions/core/sweeps/pass.ts';
import { EVERY_PASS, type Turn } from '../../../../functions/core/sweeps/schedule.ts';
import { START } from '../jobs/arbitraries.ts';

const FIRST = firstCheckpoint(START, 60);
const CHECKED: Turn = { ageClass: 2, isDue: true };
const SKIPPED: Turn = { ageClass: 5, isDue: false };
const PART: PassPart = {
  startedAt: START,
  last: 'k',
  done: [CHECKED, CHECKED, SKIPPED],
  isPassComplete: false,
  answers: { reporting: { alive: 1, missing: 1 } },
};
const COMPLETE: PassPart = { ...PART, isPassComplete: true };
const FULL: PassPart = { ...COMPLETE, done: [CHECKED, CHECKED] };

describe('a pass that is not complete', () => {
  it('goes on after the last settled key', () => {
    expect(continuePass(FIRST, PART, START + 1)).toMatchObject({
      after: 'k',
      passStartedAt: START,
      pendingSeen: 3,
      pendingByAge: [0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      answers: { reporting: { alive: 1, missing: 1 } },
      skipped: 1,
    });
  });

  it('goes on from where it stood when not one key was settled', () => {
    const checkpoint = { ...FIRST, after: 'c', passStartedAt: START - 9, pendingSeen: 4 };
    const { last: _, ...none } = { ...PART, done: [] };
    expect(continuePass(checkpoint, none, START)).toMatchObject({
      after: 'c',
      passStartedAt: START - 9,
      pendingSeen: 4,
    });
  });
});

it('a pass of which nothing is settled yet begins at the first key, and has skipped nobody', () => {
  const { last: _, ...none } = { ...PART, done: [] };
  const next = continuePass(FIRST, none, START);
  expect(next).not.toHaveProperty('after');
  expect(next.answers).toStrictEqual({ reporting: { alive: 1, missing: 1 } });
});

it('a pass counts no iModel as a job, and no request for a job that a list speaks of', () => {
  const done: Turn[] = [
    { ageClass: 0, isDue: true, isList: true },
    { ageClass: 2, isDue: true, isListed: true },
    { ageClass: 5, isDue: false, isWaiting: true },
  ];
  const next = continuePass(FIRST, { ...PART, done }, START);
  expect(next).toMatchObject({
    pendingSeen: 2,
    pendingByAge: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  });
  expect(next).not.toHaveProperty('skipped');
});

describe('a complete pass', () => {
  it('leaves its times and its counts, and the next begins at the first key', () => {
    const under = continuePass({ ...FIRST, pass: 3 }, PART, START + 1);
    const next = continuePass(under, { ...COMPLETE, startedAt: START + 60_000 }, START + 60_001);
    expect(next).toMatchObject({
      pass: 4,
      lastPassStartedAt: START,
      lastPassCompletedAt: START + 60_001,
      lastPassPending: 6,
      lastPassByAge: [0, 0, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
      lastPassAnswers: { reporting: { alive: 2, missing: 2 } },
      pendingSeen: 0,
    });
    for (const gone of ['after', 'passStartedAt', 'pendingByAge', 'skipped', 'answers']) {
      expect(next).not.toHaveProperty(gone);
    }
  });

  it('goes on from a checkpoint that knew of no turns yet', () => {
    const old: Checkpoint = { ...FIRST, after: 'c', passStartedAt: START - 9, pendingSeen: 4 };
    expect(continuePass(old, FULL, START)).toMatchObject({
      pass: 1,
      lastPassPending: 6,
      lastPassAnswers: { reporting: { alive: 1, missing: 1 } },
    });
  });
});

describe('the passes that checked every job between them', () => {
  function passesAfter(...parts: readonly PassPart[]): readonly number[] {
    const last = parts.reduce<Checkpoint>(
      (checkpoint, part, i) => continuePass(checkpoint, { ...part, startedAt: START + i }, START),
      FIRST,
    );
    return completedPasses(last).map((at) => at - START);
  }

  it('are none before the first is complete', () => {
    expect(passesAfter(PART)).toEqual([]);
  });

  it('are the last one where that skipped nobody', () => {
    expect(passesAfter(COMPLETE, FULL)).toEqual([1]);
    expect(passesAfter(FULL, COMPLETE, FULL)).toEqual([2]);
  });

  it('go back to the last one that skipped nobody', () => {
    expect(passesAfter(FULL, FULL, COMPLETE, COMPLETE)).toEqual([3, 2, 1]);
  });

  it('are eight at most: by then every job has had its turn', () => {
    const skipping = Array.from({ length: 20 }, () => COMPLETE);
    expect(passesAfter(FULL, ...skipping)).toEqual([20, 19, 18, 17, 16, 15, 14, 13]);
  });
});

describe('the plan of a pass', () => {
  const known: Checkpoint = {
    ...FIRST,
    pass: 17,
    runLengths: { ended: [0, 0, 300], givenUp: [0, 0, 0, 0, 0, 0, 0, 0, 300] },
    lastPassByAge: [0, 0, 50, 0, 0, 100],
  };

  it('is to check every job for a monitor that has not learned anything', () => {
    const plan = { pass: 0, intervals: EVERY_PASS, jobsPerCheck: 1 };
    expect(planPass(FIRST, 60)).toEqual(plan);
    const { runLengths: _, ...unlearned } = known;
    expect(planPass(unlearned, 60)).toEqual({ ...plan, pass: 17 });
    const { lastPassByAge: __, ...uncounted } = known;
    expect(planPass(uncounted, 60)).toEqual({ ...plan, pass: 17 });
  });

  it('is to check every job while the budget has room for all', () => {
    expect(planPass(known, 150)).toEqual({ pass: 17, intervals: EVERY_PASS, jobsPerCheck: 1 });
  });

  it('goes by what was learned of the runs when it has not', () => {
    const { intervals, jobsPerCheck } = planPass(known, 60);
    expect([intervals[2], intervals[5]]).toEqual([1, 8]);
    expect(jobsPerCheck).toBeCloseTo(150 / (50 + 100 / 8));
  });
});

it('a pass on record from before there were turns has skipped nobody', () => {
  expect(hasSkipped(FIRST)).toBe(false);
});

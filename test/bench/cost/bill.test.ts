import { describe, expect, it } from 'vitest';
import {
  breakEven,
  checksPerMonth,
  costOf,
  type Design,
  runsPerMonth,
  times,
  together,
  usd,
} from '../../../bench/cost/bill.ts';

const MINUTES = 43_800;

/** 1 $ a month, 4 $ a million checks, 2.5 $ a million runs. */
const DESIGN: Design = {
  name: 'made up',
  monthly: { keyMonth: 1 },
  perCheck: () => ({ sqsRequest: 10 }),
  perRun: { stateTransition: 0.1 },
};

describe('a load', () => {
  it('checks every job once a minute, until upstream allows no more', () => {
    expect(checksPerMonth({ pending: 10, runMinutes: 60 })).toBe(10 * MINUTES);
    expect(checksPerMonth({ pending: 100_000, runMinutes: 60 })).toBe(5_000 * MINUTES);
  });

  it('has as many runs as end in its time', () => {
    expect(runsPerMonth({ pending: 60, runMinutes: 60 })).toBe(MINUTES);
  });
});

describe('a bill', () => {
  it('is quantity times price', () => {
    expect(usd({ httpApiRequest: 2_000_000, logGb: 3 })).toBeCloseTo(2 + 1.5);
    expect(usd({})).toBe(0);
  });

  it('adds up, and multiplies', () => {
    const [one, other] = [{ lambdaRequest: 1 }, { lambdaRequest: 2, secretMonth: 1 }];
    expect(together(one, other)).toEqual({ lambdaRequest: 3, secretMonth: 1 });
    expect(times(3, other)).toEqual({ lambdaRequest: 6, secretMonth: 3 });
  });
});

describe('the cost of a design', () => {
  it('spreads what is paid each month over the checks, and over the runs', () => {
    const { perMonth, perMillionChecks, perThousandRuns } = costOf(DESIGN, {
      pending: 100,
      runMinutes: 100,
    });
    const [checks, runs] = [100 * MINUTES, MINUTES];
    expect(perMonth).toBeCloseTo(1 + 4e-6 * checks + 2.5e-6 * runs);
    expect(perMillionChecks).toBeCloseTo(4 + 1e6 / checks);
    expect(perThousandRuns).toBeCloseTo((1_000 * perMonth) / runs);
  });

  it('breaks even where the part of each month is spread thin enough', () => {
    const dearer: Design = { ...DESIGN, monthly: {}, perCheck: () => ({ sqsRequest: 20 }) };
    // 4 $ a million checks is what a check saves: 250,000 of them are worth 1 $.
    expect(breakEven(DESIGN, dearer, 1)).toBe(Math.ceil(250_000 / MINUTES));
    expect(breakEven(DESIGN, dearer, 2)).toBeUndefined();
  });
});

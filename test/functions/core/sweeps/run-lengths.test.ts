import { describe, expect, it } from 'vitest';
import type { State } from '../../../../functions/core/jobs/states.ts';
import {
  AGE_CLASSES,
  ageClass,
  hazards,
  learn,
  NO_RUNS,
  type RunLengths,
} from '../../../../functions/core/sweeps/schedule.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

/** What is known after jobs that were over at these ages (minutes). */
function learned(
  ages: readonly number[],
  state: State = 'Succeeded',
  known: RunLengths = NO_RUNS,
): RunLengths {
  return ages.reduce(
    (runs, minutes) =>
      learn(runs, { state, registeredAt: START, endedAt: START + minutes * MINUTE }),
    known,
  );
}

function many(count: number, ageOf: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => ageOf(i));
}

function total({ ended, givenUp }: RunLengths): number {
  return [...ended, ...givenUp].reduce((sum, count) => sum + count, 0);
}

describe('what is learned of a job', () => {
  it('is how old it was when its run ended', () => {
    const { ended, givenUp } = learned([0.5, 20, 25]);
    expect([ended[0], ended[ageClass(20 * MINUTE)]]).toEqual([1, 2]);
    expect(total({ ended: [], givenUp })).toBe(0);
  });

  it.each(['TimedOut', 'NotFound', 'AccessDenied'])(
    'is only that its run lasted so long at least when it is given up as %s',
    (state) => {
      const { ended, givenUp } = learned([20], state);
      expect(givenUp[ageClass(20 * MINUTE)]).toBe(1);
      expect(total({ ended, givenUp: [] })).toBe(0);
    },
  );

  it('fades: the runs of today outweigh those of long ago', () => {
    const runs = learned(
      many(1_500, () => 200),
      'Succeeded',
      learned(many(5_000, () => 5)),
    );
    expect(total(runs)).toBeLessThanOrEqual(1_000);
    expect(runs.ended[ageClass(200 * MINUTE)]).toBeGreaterThan(
      4 * (runs.ended[ageClass(5 * MINUTE)] ?? 0),
    );
  });
});

it('of 1,000 jobs, ended or given up, each counts half', () => {
  const ended = learned(many(500, () => 5));
  const all = learned(
    many(499, () => 200),
    'TimedOut',
    ended,
  );
  expect(total(all)).toBe(999);
  const halved = learned([200], 'TimedOut', all);
  expect(halved.ended[ageClass(5 * MINUTE)]).toBe(250);
  expect(halved.givenUp[ageClass(200 * MINUTE)]).toBe(250);
});

describe('the hazard', () => {
  it('is the same at every age while no run has ended', () => {
    const same = Array.from({ length: AGE_CLASSES }, () => 1);
    expect(hazards(NO_RUNS)).toEqual(same);
    expect(hazards(learned([20, 300], 'TimedOut'))).toEqual(same);
  });

  it('is that of the runs: constant where they end at a constant rate', () => {
    const meanMinutes = 30;
    const quantile = (i: number) => -meanMinutes * Math.log(1 - (i + 0.5) / 900);
    const rates = hazards(learned(many(900, quantile))).slice(0, 7);
    for (const rate of rates) expect(rate * meanMinutes).toBeCloseTo(1, 0);
  });

  it('is high at the age at which runs end, and low before', () => {
    const rates = hazards(learned(many(300, (i) => 40 + (i % 20))));
    const at = (minutes: number) => rates[ageClass(minutes * MINUTE)] ?? Number.NaN;
    expect(at(50)).toBeGreaterThan(10 * at(20));
    expect(at(20)).toBeGreaterThan(0);
  });

  it('is low at ages at which jobs are given up and no run ends', () => {
    const short = learned(many(100, () => 5));
    const hung = learned(
      many(100, () => 1_440),
      'TimedOut',
      short,
    );
    const day = ageClass(1_000 * MINUTE);
    expect(hazards(hung)[day]).toBeLessThan((hazards(short)[day] ?? 0) / 10);
  });

  it('moves little with the first few runs', () => {
    const [one = Number.NaN] = hazards(learned([0.5, 60, 60, 60])).map((rate) => rate * 60);
    expect(one).toBeLessThan(3);
    expect(one).toBeGreaterThan(1);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  AGE_CLASSES,
  ageClass,
  countAges,
  widthOf,
} from '../../../../functions/core/sweeps/schedule.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';

it.each([
  [0, 0],
  [MINUTE - 1, 0],
  [MINUTE, 1],
  [3 * MINUTE - 1, 1],
  [3 * MINUTE, 2],
  [7 * DAY, 13],
  [365 * DAY, AGE_CLASSES - 1],
])('a job of %i ms is in age class %i', (age, expected) => {
  expect(ageClass(age)).toBe(expected);
});

it('a job from the future, should clocks differ, is as young as can be', () => {
  expect(ageClass(-MINUTE)).toBe(0);
});

it('the classes follow each other without a gap, as wide as they say', () => {
  let from = 0;
  for (let n = 0; n < AGE_CLASSES - 1; n += 1) {
    const until = from + widthOf(n) * MINUTE;
    expect([ageClass(from), ageClass(until - 1), ageClass(until)]).toEqual([n, n, n + 1]);
    from = until;
  }
});

it('counts add up, whatever they were', () => {
  const classes = fc.array(fc.nat({ max: AGE_CLASSES - 1 }));
  fc.assert(
    fc.property(classes, classes, (first, second) => {
      const counts = countAges(countAges([], first), second);
      expect(counts).toEqual(countAges([], [...second, ...first]));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(first.length + second.length);
    }),
  );
});

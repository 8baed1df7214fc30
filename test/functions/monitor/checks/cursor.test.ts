import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSettledKeys } from '../../../../functions/monitor/checks/cursor.ts';

it('before the first key nothing is settled', () => {
  expect(createSettledKeys()).toMatchObject({ last: undefined, count: 0 });
});

it('the last settled key is the one before the first that is not, whatever order they come in', () => {
  const walk = fc.uniqueArray(fc.uuid(), { maxLength: 40 }).chain((ids) => {
    const keys = ids.toSorted();
    return fc.tuple(fc.constant(keys), fc.shuffledSubarray(keys));
  });
  fc.assert(
    fc.property(walk, ([keys, settled]) => {
      const settledKeys = createSettledKeys();
      for (const key of keys) settledKeys.begin(key);
      for (const key of settled) settledKeys.settle(key);

      const firstOpen = keys.findIndex((key) => !settled.includes(key));
      const count = firstOpen === -1 ? keys.length : firstOpen;
      expect(settledKeys.count).toBe(count);
      expect(settledKeys.last).toBe(keys[count - 1]);
    }),
  );
});

it('keys may be settled while others are still to begin', () => {
  const keys = createSettledKeys();
  keys.begin('a');
  keys.begin('b');
  keys.settle('b');
  expect(keys).toMatchObject({ last: undefined, count: 0 });
  keys.settle('a');
  expect(keys).toMatchObject({ last: 'b', count: 2 });
  keys.begin('c');
  expect(keys).toMatchObject({ last: 'b', count: 2 });
});

import { describe, expect, it } from 'vitest';
import type { LengthStore } from '../../../functions/core/ports.ts';
import type { GroupLengths } from '../../../functions/core/statistics/lengths.ts';

const FIRST: GroupLengths = {
  group: 'reporting-extraction#label#Tower B, nightly — Nº 7',
  version: 1,
  counts: { 12: 1, 40: 2.5 },
  endedAt: Date.UTC(2026, 0, 1),
};
const SECOND: GroupLengths = { ...FIRST, version: 2, counts: { 40: 7 } };

/**
 * What every store of the lengths of runs does, be it a table or a stand-in for one.
 *
 * @param createStore makes an empty store
 */
export function describeLengthStore(name: string, createStore: () => Promise<LengthStore>): void {
  describe(`${name} as a store of the lengths of runs`, () => {
    it('has none of a group at first, and then what was written last', async () => {
      const lengths = await createStore();
      expect(await lengths.get(FIRST.group)).toBeUndefined();
      expect(await lengths.put(FIRST)).toBe(true);
      expect(await lengths.get(FIRST.group)).toEqual(FIRST);
      expect(await lengths.put(SECOND)).toBe(true);
      expect(await lengths.get(FIRST.group)).toEqual(SECOND);
    });

    it('keeps groups apart', async () => {
      const lengths = await createStore();
      await lengths.put(FIRST);
      expect(await lengths.get('reporting-extraction#label#Tower B')).toBeUndefined();
    });

    it.each([1, 2, 4])('writes nothing over version 2 with version %i', async (version) => {
      const lengths = await createStore();
      await lengths.put(FIRST);
      await lengths.put(SECOND);
      expect(await lengths.put({ ...FIRST, version })).toBe(false);
      expect(await lengths.get(FIRST.group)).toEqual(SECOND);
    });

    it('writes no later version where there is none', async () => {
      const lengths = await createStore();
      expect(await lengths.put(SECOND)).toBe(false);
      expect(await lengths.get(FIRST.group)).toBeUndefined();
    });
  });
}

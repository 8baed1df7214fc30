import { describe, expect, it } from 'vitest';
import { omit } from '../../../functions/core/objects.ts';
import type { CheckpointStore } from '../../../functions/core/ports.ts';
import { firstCheckpoint, takeLease } from '../../../functions/core/sweeps/checkpoint.ts';

const NOW = Date.UTC(2026, 0, 1);
const FIRST = takeLease(firstCheckpoint(NOW, 60), NOW);

/**
 * What every store of the checkpoint does, be it a table or a stand-in for one.
 *
 * @param createStore makes an empty store
 */
export function describeCheckpointStore(
  name: string,
  createStore: () => Promise<CheckpointStore>,
): void {
  describe(`${name} as a store of the checkpoint`, () => {
    it('has none at first, and then the one that was written last', async () => {
      const checkpoints = await createStore();
      const second = {
        ...omit(FIRST, 'leaseUntil'),
        version: 2,
        answers: { reporting: { alive: 3, missing: 1 } },
      };
      expect(await checkpoints.read()).toBeUndefined();
      expect(await checkpoints.write(FIRST)).toBe(true);
      expect(await checkpoints.read()).toEqual(FIRST);
      expect(await checkpoints.write(second)).toBe(true);
      expect(await checkpoints.read()).toEqual(second);
    });

    it('lets only one of two that start at once write the first', async () => {
      const checkpoints = await createStore();
      const results = await Promise.all([checkpoints.write(FIRST), checkpoints.write(FIRST)]);
      expect(results.toSorted()).toEqual([false, true]);
    });

    it.each([1, 2, 4])('writes nothing over version 2 with version %i', async (version) => {
      const checkpoints = await createStore();
      await checkpoints.write(FIRST);
      await checkpoints.write({ ...FIRST, version: 2 });
      expect(await checkpoints.write({ ...FIRST, version, budget: 7 })).toBe(false);
      expect(await checkpoints.read()).toEqual({ ...FIRST, version: 2 });
    });

    it('writes no later version where there is none', async () => {
      const checkpoints = await createStore();
      expect(await checkpoints.write({ ...FIRST, version: 7 })).toBe(false);
      expect(await checkpoints.read()).toBeUndefined();
    });

    it('refuses what is given up before it begins', async () => {
      const checkpoints = await createStore();
      await expect(checkpoints.write(FIRST, AbortSignal.abort())).rejects.toThrow();
      expect(await checkpoints.read()).toBeUndefined();
    });
  });
}

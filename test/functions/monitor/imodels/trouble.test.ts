import { describe, expect, it } from 'vitest';
import { healthView } from '../../../../functions/api/routes/monitor.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { health } from '../../../../functions/core/sweeps/health.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import type { World } from '../support/world.ts';
import { addRun, IMODEL, watch, worldWithIModel } from './support/watched.ts';

/** Lines of the log with these words in them. */
function lines(world: World, words: string): readonly string[] {
  return world.logged.filter((line) => line.includes(words));
}

async function healthOf(world: World) {
  const iModels = await world.ports.iModels.list();
  return healthView(health(await world.checkpoint(), world.clock.now(), iModels));
}

describe('an iModel whose runs cannot be listed', () => {
  it.each([
    [403, 'AccessDenied', CAUSES.RoleMissing],
    [404, 'NotFound', CAUSES.IModelUnknown],
    [500, 'Unreadable', CAUSES.ListUnreadable],
  ] as const)(
    'because of %i is in health, and in the log as it begins and ends',
    async (status, cause, words) => {
      await using world = await worldWithIModel({ tables: 'memory' });
      addRun(world, MINUTE);
      await watch(world);
      await world.sweep();
      world.simulator.setList(IMODEL, [{ answer: { kind: 'error', status } }]);
      await world.sweepFor(5 * MINUTE);

      const troubles = [{ iModelId: IMODEL, label: 'Bridge', cause, action: words.action }];
      await expect(healthOf(world)).resolves.toMatchObject({
        status: 'Degraded',
        iModels: { watched: 1, troubled: 1, troubles },
      });
      expect(lines(world, 'cannot be found')).toEqual([expect.stringContaining(words.action)]);
      expect(lines(world, 'found again')).toEqual([]);

      world.simulator.setList(IMODEL, []);
      await world.sweepFor(2 * MINUTE);
      await expect(healthOf(world)).resolves.toMatchObject({
        status: 'Ok',
        iModels: { troubled: 0 },
      });
      expect(lines(world, 'found again')).toHaveLength(1);
    },
  );

  it('since it has none, or for want of a role, is told of after a day, and daily', async () => {
    await using world = await worldWithIModel({ tables: 'memory' });
    await watch(world);
    await world.sweepFor(23 * HOUR, { every: HOUR });
    expect(lines(world, 'cannot be found')).toEqual([]);
    await world.sweepFor(2 * DAY, { every: HOUR });
    expect(lines(world, 'cannot be found')).toHaveLength(2);
    await world.sweep();
    await expect(healthOf(world)).resolves.toMatchObject({
      status: 'Ok',
      iModels: { troubled: 1, troubles: [{ cause: 'NoRuns' }] },
    });
    addRun(world, MINUTE);
    await world.sweep();
    await expect(healthOf(world)).resolves.toMatchObject({ iModels: { troubled: 0 } });
  });
});

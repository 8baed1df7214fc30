import { expect, it } from 'vitest';
import { newIModel } from '../../../../functions/core/imodels/imodel.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { createWorld } from '../support/world.ts';

const IMODELS = 20;
const RUNS = 5;

function iModelId(n: number): string {
  return `b0d3c9f2-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

it('20 iModels of 5 pending runs take 20 requests a pass, two writes, and so many read units', async () => {
  await using world = await createWorld();
  const { simulator, clock } = world;
  const settings = { source: 'grouping-and-mapping', timeoutMinutes: 1_440 } as const;
  for (let n = 0; n < IMODELS; n += 1) {
    simulator.addIModel({ id: iModelId(n), displayName: `Bridge ${n}` });
    for (let run = 0; run < RUNS; run += 1) {
      simulator.addRun({
        iModelId: iModelId(n),
        kinds: ['grouping-and-mapping-extraction'],
        startedMsAgo: run * MINUTE,
        steps: [{ answer: { state: 'Running' } }],
      });
    }
    const iModel = newIModel(
      { iModelId: iModelId(n), watchedBy: 'test', ...settings },
      clock.now(),
    );
    await world.ports.iModels.add(iModel);
  }
  await expect(world.sweep()).resolves.toMatchObject({ runsFound: IMODELS * RUNS });
  clock.advance(MINUTE);
  world.forget();

  await expect(world.sweep()).resolves.toMatchObject({
    checks: IMODELS * RUNS,
    passesCompleted: 1,
    transitions: 0,
  });
  // Counted where they arrive: at upstream, and of DynamoDB on the wire, refused writes included.
  expect(simulator.requests.list().map(({ endpoint }) => endpoint)).toEqual(
    Array(IMODELS).fill('list'),
  );
  expect(world.writes()).toEqual(['PutItem Checkpoint', 'PutItem Checkpoint']);
  const reads = world.commands.filter(({ name }) => /^(Get|Query|Scan)/.test(name));
  const units = reads.reduce((sum, command) => sum + command.units, 0);
  console.log(`read units of the pass: ${units}, in ${reads.length} requests`);
  expect(units).toBeLessThanOrEqual(30);
});

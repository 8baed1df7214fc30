import { createWorld } from '../../test/functions/monitor/support/world.ts';

/** What sweeps ask of DynamoDB, in request units. */
export interface SweepUnits {
  /** For each sweep, whatever it checks. */
  readonly readsPerSweep: number;
  readonly writesPerSweep: number;
  /** For each check that finds nothing new. */
  readonly readsPerCheck: number;
  readonly writesPerCheck: number;
}

const FEW = 100;
const MANY = 1_100;
/** So many are registered at once. */
const BATCH = 50;

/** Lets two sweeps of the monitor itself run over few and over many jobs, on dynalite. */
export async function measureSweeps(): Promise<SweepUnits> {
  const few = await unitsOfSweep(FEW);
  const many = await unitsOfSweep(MANY);
  const perCheck = (kind: 'reads' | 'writes') => (many[kind] - few[kind]) / (MANY - FEW);
  return {
    readsPerCheck: perCheck('reads'),
    writesPerCheck: perCheck('writes'),
    readsPerSweep: few.reads - FEW * perCheck('reads'),
    writesPerSweep: few.writes - FEW * perCheck('writes'),
  };
}

async function unitsOfSweep(pending: number) {
  await using world = await createWorld();
  for (let count = 0; count < pending; count += BATCH) {
    await world.registerMany(BATCH, { state: 'Running' });
  }
  const { checks } = await world.sweep();
  if (checks !== pending) throw new Error(`Only ${checks} of ${pending} jobs were checked.`);
  const unitsOf = (isWrite: boolean) =>
    world.commands
      .filter(({ name }) => /^(Put|Update)/.test(name) === isWrite)
      .reduce((sum, { units }) => sum + units, 0);
  return { reads: unitsOf(false), writes: unitsOf(true) };
}

import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { functionEnvironment } from '../../functions/monitor/support/function-environment.ts';
import type { World, WorldOptions } from '../../functions/monitor/support/world.ts';
import { STACK_NAME } from './alarms.ts';
import { type Datapoint, datapointsIn } from './emitted.ts';

/** Sweeps once. */
export type Invoke = () => Promise<void>;

/** Where a world has its tables. */
type Tables = NonNullable<WorldOptions['tables']>;

/** Where no DynamoDB is: the function makes a client for it, and asks it nothing. */
const NOWHERE = 'http://dynamodb.invalid';

/**
 * Starts the monitor function in a world, by the clock of that world. It ends with
 * `vi.unstubAllEnvs()` and `vi.restoreAllMocks()`.
 *
 * @param tables where the world has its tables
 * @param emitted gets what the function emits
 * @param environment what is other than usual
 */
export async function startMonitor(
  world: World,
  tables: Tables,
  emitted: Datapoint[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Invoke> {
  const dynamoDbUrl = tables === 'memory' ? NOWHERE : world.engines.dynamoDbUrl;
  const variables = { ...functionEnvironment(world, dynamoDbUrl), STACK_NAME, ...environment };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockReturnValue();
  vi.spyOn(console, 'log').mockImplementation((line) => {
    emitted.push(...datapointsIn(String(line), world.clock.now()));
  });
  vi.resetModules();
  vi.doMock('../../../functions/adapters/lambda/runtime.ts', async (importOriginal) => ({
    ...(await importOriginal<object>()),
    systemTime: world.clock,
  }));
  placeTables(tables, world.ports);
  const { handler } = await import('../../../functions/monitor/handler.ts');
  return () => handler({}, {} as Context);
}

/** Lets the function have the tables of its world, where they are in memory, in place of those that it makes. */
function placeTables(tables: Tables, stores: World['ports']): void {
  const made = {
    'imodels.ts': { createIModelStore: () => stores.iModels },
    'jobs-table.ts': { createJobStore: () => stores.jobs },
    'statistics.ts': { createStatisticsStore: () => stores.statistics },
    'tables.ts': {
      createCheckpointStore: () => stores.checkpoints,
      createLengthStore: () => stores.lengths,
      createSubscriptionStore: () => stores.subscriptions,
    },
  };
  for (const [file, creators] of Object.entries(made)) {
    const path = `../../../functions/adapters/dynamodb/${file}`;
    // A mock outlasts its test, and the next world may be on DynamoDB.
    if (tables === 'DynamoDB') vi.doUnmock(path);
    else vi.doMock(path, async (original) => ({ ...(await original<object>()), ...creators }));
  }
}

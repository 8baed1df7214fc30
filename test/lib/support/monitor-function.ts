import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { functionEnvironment } from '../../functions/monitor/support/function-environment.ts';
import type { World } from '../../functions/monitor/support/world.ts';
import { STACK_NAME } from './alarms.ts';
import { type Datapoint, datapointsIn } from './emitted.ts';

/** Sweeps once. */
export type Invoke = () => Promise<void>;

/**
 * Starts the monitor function in a world, by the clock of that world. It ends with
 * `vi.unstubAllEnvs()` and `vi.restoreAllMocks()`.
 *
 * @param emitted gets what the function emits
 * @param environment what is other than usual
 */
export async function startMonitor(
  world: World,
  emitted: Datapoint[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Invoke> {
  const variables = { ...functionEnvironment(world), STACK_NAME, ...environment };
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
  const { handler } = await import('../../../functions/monitor/handler.ts');
  return () => handler({}, {} as Context);
}

import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import type { World } from '../../functions/monitor/support/world.ts';
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
  { clock, engines: { dynamoDbUrl, sns, simulator } }: World,
  emitted: Datapoint[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Invoke> {
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_SNS: sns.url,
    JOBS_TABLE: 'Jobs',
    CHECKPOINT_TABLE: 'Checkpoint',
    ALERT_TOPIC_ARN: sns.topicArn,
    ITWIN_API_URL: simulator.url,
    ITWIN_TOKEN_URL: simulator.tokenUrl,
    ITWIN_CLIENT_ID: simulator.clientId,
    ITWIN_CLIENT_SECRET: simulator.clientSecret,
    // Lets the libraries write to the console of this process.
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
    ...environment,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockReturnValue();
  vi.spyOn(console, 'log').mockImplementation((line) => {
    emitted.push(...datapointsIn(String(line), clock.now()));
  });
  vi.resetModules();
  vi.doMock('../../../functions/adapters/system-time.ts', () => ({ systemTime: clock }));
  const { handler } = await import('../../../functions/monitor/handler.ts');
  return () => handler({}, {} as Context);
}

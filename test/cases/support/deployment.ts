import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { startGateway } from '../../../local/gateway/server.ts';
import {
  AWS_CREDENTIALS,
  REGION,
  startEngines,
  TABLES,
} from '../../functions/monitor/support/engines.ts';
import { functionEnvironment } from '../../functions/monitor/support/function-environment.ts';

/** An answer of the API. */
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An alert as a machine is told it. */
interface Alert {
  readonly jobId: string;
  readonly state: string;
}

/** Both functions as they are deployed, on engines that stand for AWS; the test sets the time. */
export interface Deployment extends AsyncDisposable {
  /** A request over HTTP, by way of a gateway. */
  request(method: string, path: string, body?: object): Promise<Answer>;
  /** Invokes the monitor function. */
  sweep(): Promise<void>;
  /** Lets so many ms go by. */
  pass(ms: number): void;
  /** What was published, oldest first. */
  alerts(): Promise<Alert[]>;
  /** Deletes what has expired, as DynamoDB's TTL does. @returns how many items */
  expire(): Promise<number>;
}

/**
 * Starts both functions cold before an upstream.
 *
 * @param upstream how the functions are told where it is
 */
export async function deploy(upstream: Readonly<Record<string, string>>): Promise<Deployment> {
  const engines = await startEngines(() => Date.now());
  const environment = {
    ...functionEnvironment({ engines }),
    ...upstream,
    CHECKS_PER_MINUTE: '5000',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockReturnValue();
  vi.resetModules();
  const api = await import('../../../functions/api/handler.ts');
  const monitor = await import('../../../functions/monitor/handler.ts');
  const context = (functionName: string) =>
    ({ functionName, getRemainingTimeInMillis: () => 60_000 }) as Context;
  const gateway = await startGateway({
    port: 0,
    invoke: (event) => api.handler(event as Parameters<typeof api.handler>[0], context('api')),
  });
  const client = new DynamoDBClient({
    endpoint: engines.dynamoDbUrl,
    region: REGION,
    credentials: AWS_CREDENTIALS,
  });
  // Only the time of day: timers and time-outs run as ever.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 1, 10, 12) });

  return {
    async request(method, path, body) {
      const response = await fetch(`${gateway.url}${path}`, {
        method,
        ...(body && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    },
    async sweep() {
      await monitor.handler({}, context('monitor'));
    },
    pass: (ms) => void vi.setSystemTime(Date.now() + ms),
    async alerts() {
      const alerts = await engines.sns.alerts();
      return alerts.map((alert) => JSON.parse(alert.default)).reverse();
    },
    async expire() {
      const documents = DynamoDBDocumentClient.from(client);
      let deleted = 0;
      for await (const { Items = [] } of paginateScan({ client }, { TableName: TABLES.jobs })) {
        for (const { jobId, expiresAt } of Items) {
          if (Number(expiresAt?.N ?? Number.POSITIVE_INFINITY) * 1_000 > Date.now()) continue;
          const Key = { jobId: jobId?.S };
          await documents.send(new DeleteCommand({ TableName: TABLES.jobs, Key }));
          deleted += 1;
        }
      }
      return deleted;
    },
    async [Symbol.asyncDispose]() {
      vi.useRealTimers();
      client.destroy();
      await gateway.close();
      await engines.close();
    },
  };
}

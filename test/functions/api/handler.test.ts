import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EmbeddedDynamoDb } from '../../../local/dynamodb/embedded-dynamodb.ts';
import { apiEvent } from './support/api-event.ts';
import { startTables } from './support/tables.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';

let tables: EmbeddedDynamoDb;

beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The function as Lambda starts it, with what its environment says. */
async function coldStart(environment: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // By the same address it would be the one that another test has started.
  const address = `../../../functions/api/handler.ts?start=${randomUUID()}`;
  const { handler }: typeof import('../../../functions/api/handler.ts') = await import(address);
  return handler;
}

const environment = () => ({
  JOBS_TABLE: 'Jobs',
  CHECKPOINT_TABLE: 'Checkpoint',
  SUBSCRIPTIONS_TABLE: 'Subscriptions',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Alerts',
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_ENDPOINT_URL_DYNAMODB: tables.url,
  // Powertools then writes to the console, where a test can see it; and still counts.
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
});

describe('the API function', () => {
  it('answers requests from its tables, counts and logs', async () => {
    const lines: string[] = [];
    const write = (line: unknown) => void lines.push(String(line));
    vi.spyOn(console, 'log').mockImplementation(write);
    vi.spyOn(console, 'info').mockImplementation(write);
    const handler = await coldStart({ ...environment(), STACK_NAME: 'Staging' });
    const context = { functionName: 'api', awsRequestId: 'request-1' } as Context;

    const registered = await handler(
      apiEvent('POST', '/jobs', { body: { jobId: JOB_ID } }),
      context,
    );
    expect(registered.statusCode).toBe(201);
    const found = await handler(apiEvent('GET', `/jobs/${JOB_ID}`), context);
    expect(found.statusCode).toBe(200);

    const records = lines.map((line) => JSON.parse(line));
    const metric = expect.objectContaining({
      Namespace: 'ExtractionMonitor',
      Dimensions: [['service', 'stack']],
    });
    expect(records).toMatchObject([
      {
        service: 'api',
        stack: 'Staging',
        JobsRegistered: 1,
        _aws: { CloudWatchMetrics: [metric] },
      },
      { service: 'api', function_request_id: 'request-1', method: 'POST', status: 201 },
      { service: 'api', function_request_id: 'request-1', method: 'GET', status: 200 },
    ]);
  });

  it('takes the callers it admits from its environment', async () => {
    vi.spyOn(console, 'info').mockReturnValue();
    const handler = await coldStart({
      ...environment(),
      ADMITTED_CALLERS: '{"organizations":["organization-1"]}',
    });
    const context = { functionName: 'api', awsRequestId: 'request-1' } as Context;
    const statusFor = async (org: string) => {
      const authorizer = { jwt: { claims: { org }, scopes: null } };
      return (await handler(apiEvent('GET', '/jobs', { authorizer }), context)).statusCode;
    };
    expect(await statusFor('organization-1')).toBe(200);
    expect(await statusFor('organization-2')).toBe(403);
  });

  it('does not start with an allow-list that it cannot read', async () => {
    const unreadable = { ...environment(), ADMITTED_CALLERS: 'service-1' };
    await expect(coldStart(unreadable)).rejects.toThrow('ADMITTED_CALLERS');
  });

  it('does not start without its tables, and says what is missing', async () => {
    await expect(coldStart({ ...environment(), JOBS_TABLE: '' })).rejects.toThrow('JOBS_TABLE');
  });
});

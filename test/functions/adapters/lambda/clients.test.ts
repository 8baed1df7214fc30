import { json } from 'node:stream/consumers';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PublishCommand } from '@aws-sdk/client-sns';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  createDynamoDBClient,
  createSecretsManagerClient,
  createSNSClient,
} from '../../../../functions/adapters/lambda/runtime.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.stop();
});

const REQUESTS = {
  DynamoDB: () => {
    const client = createDynamoDBClient();
    return { client, sent: client.send(new PutCommand({ TableName: 'Jobs', Item: { a: 1 } })) };
  },
  SNS: () => {
    const client = createSNSClient();
    return { client, sent: client.send(new PublishCommand({ TopicArn: 'arn', Message: 'm' })) };
  },
  'Secrets Manager': () => {
    const client = createSecretsManagerClient();
    return { client, sent: client.send(new GetSecretValueCommand({ SecretId: 's' })) };
  },
};

it.each(Object.entries(REQUESTS))('%s is tried three times, none without end', async (_, send) => {
  server.answer((_request, response) => response.writeHead(500).end());
  const { client, sent } = send();
  await expect(sent).rejects.toThrow();
  expect(server.requests).toHaveLength(3);
  expect(client.config.requestHandler).toHaveProperty(
    'config',
    expect.objectContaining({
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
      socketTimeout: 3_000,
    }),
  );
});

it('an undefined attribute of an item counts as absent', async () => {
  const body = new Promise((resolve) => {
    server.answer((request, response) => {
      resolve(json(request));
      response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
    });
  });
  const Item = { jobId: 'a', label: undefined, nested: { b: undefined } };
  await createDynamoDBClient().send(new PutCommand({ TableName: 'Jobs', Item }));
  expect(await body).toMatchObject({ Item: { jobId: { S: 'a' }, nested: { M: {} } } });
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';

/** The Jobs table with the keys and indexes that the adapter relies on. */
export const JOBS: CreateTableCommandInput = {
  TableName: 'Jobs',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['jobId', 'watch', 'month', 'registeredAtJobId'].map(text),
  KeySchema: [key('jobId', 'HASH')],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'watched',
      KeySchema: [key('watch', 'HASH'), key('jobId', 'RANGE')],
      Projection: {
        ProjectionType: 'INCLUDE',
        NonKeyAttributes: [
          'state',
          'version',
          'registeredAt',
          'timeoutAt',
          'missing',
          'failedChecks',
          'overdueSince',
          'owed',
        ],
      },
    },
    {
      IndexName: 'byMonth',
      KeySchema: [key('month', 'HASH'), key('registeredAtJobId', 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};

/** The table of the checkpoint. */
export const CHECKPOINT: CreateTableCommandInput = {
  TableName: 'Checkpoint',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [text('id')],
  KeySchema: [key('id', 'HASH')],
};

/** A DynamoDB that lives in this process. */
export interface TestDynamoDB {
  readonly client: DynamoDBDocumentClient;
  /** Names of the operations that were asked for, in order: `PutItem`. */
  readonly requests: string[];
  /** Carries out the next request, but breaks the connection instead of answering it. */
  loseNextAnswer(): void;
  stop(): void;
}

/** Starts a DynamoDB that has one empty table. */
export async function startDynamoDB(table: CreateTableCommandInput): Promise<TestDynamoDB> {
  const server = dynalite({ createTableMs: 0 });
  const requests: string[] = [];
  server.on('request', ({ headers }) => {
    requests.push(String(headers['x-amz-target']).replace(/^.*\./, ''));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateTableCommand(table));
  await waitUntilTableExists(
    { client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 1 },
    { TableName: table.TableName },
  );
  requests.length = 0;
  return {
    client: DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    }),
    requests,
    loseNextAnswer() {
      server.prependOnceListener('request', (_request, response) => {
        response.end = () => response.destroy();
      });
    },
    stop() {
      client.destroy();
      server.close();
    },
  };
}

function text(AttributeName: string) {
  return { AttributeName, AttributeType: 'S' as const };
}

function key(AttributeName: string, KeyType: 'HASH' | 'RANGE') {
  return { AttributeName, KeyType };
}

import { once } from 'node:events';
import { connect } from 'node:net';
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { AbstractValueIterator } from 'abstract-level';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../local/dynamodb/embedded-dynamodb.ts';
import { synthesisOfStack } from '../../../local/synthesis.ts';
import { itemsOf, pendingJob, watchedJobs } from './jobs.ts';

const { template } = await synthesisOfStack();
let db: EmbeddedDynamoDb;
let client: DynamoDBClient;

beforeEach(async () => {
  db = await startEmbeddedDynamoDb({ template });
  client = new DynamoDBClient({
    endpoint: db.url,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
});

afterEach(async () => {
  client.destroy();
  await db.close();
});

describe('an embedded DynamoDB', () => {
  it('has the tables of the stack under the names of their constructs', async () => {
    const { TableNames } = await client.send(new ListTablesCommand());
    expect(TableNames).toEqual(['Checkpoint', 'Jobs', 'Subscriptions']);
  });

  it('has active tables with the keys and indexes of the stack', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Jobs' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [{ AttributeName: 'jobId', KeyType: 'HASH' }],
    });
    const properties = Object.values(template.Resources).find(
      ({ Metadata }) => Metadata?.['aws:cdk:path'] === 'ExtractionMonitor/JobStore/Jobs/Resource',
    )?.Properties;
    expect(Table?.GlobalSecondaryIndexes).toMatchObject(
      properties?.GlobalSecondaryIndexes as object[],
    );
  });

  it('answers a query of an index with its keys and what it projects, and nothing else', async () => {
    const job = pendingJob('job-1', { owed: { M: { 'an-alert': { S: 'Ended' } } } });
    await client.send(new PutItemCommand({ TableName: 'Jobs', Item: job }));

    const { jobId, watch, place, indexed, month, registeredAtJobId } = job;
    expect(await watchedJobs(client)).toEqual([{ jobId, watch, place, indexed }]);

    const byMonth = await client.send(
      new QueryCommand({
        TableName: 'Jobs',
        IndexName: 'byMonth',
        KeyConditionExpression: '#month = :month',
        ExpressionAttributeNames: { '#month': 'month' },
        ExpressionAttributeValues: { ':month': { S: '2026-01' } },
      }),
    );
    expect(byMonth.Items).toEqual([{ jobId, month, registeredAtJobId, indexed }]);
  });

  it('outlives a caller that hangs up half-way through a request', async () => {
    const { port } = new URL(db.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nhalf');
    await once(socket, 'ready');
    await itemsOf(client, 'Jobs');
    socket.resetAndDestroy();
    await once(socket, 'close');

    expect(await itemsOf(client, 'Jobs')).toEqual([]);
  });

  it('is gone when it is closed', async () => {
    const other = await startEmbeddedDynamoDb({ template });
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });

  it('keeps nothing of a list in memory once it was answered', async () => {
    const close = vi.spyOn(AbstractValueIterator.prototype, 'close');
    for (let list = 0; list < 3; list += 1) await watchedJobs(client);
    expect(close).toHaveBeenCalledTimes(3);
  });
});

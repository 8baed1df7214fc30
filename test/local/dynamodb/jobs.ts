import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { pick } from '../../../functions/core/objects.ts';

/** An item as DynamoDB has it. */
export type Item = Record<string, AttributeValue>;

/** A pending job without what is computed from it. */
export function plainJob(jobId: string, more: Item = {}): Item {
  return {
    jobId: { S: jobId },
    state: { S: 'Running' },
    label: { S: 'Bridge' },
    version: { N: '1' },
    registeredAt: { N: String(Date.UTC(2026, 0, 15)) },
    registeredBy: { S: 'test' },
    timeoutAt: { N: String(Date.UTC(2026, 0, 16)) },
    transitions: { L: [] },
    ...more,
  };
}

/** The same as an item of the jobs table. */
export function pendingJob(jobId: string, more: Item = {}): Item {
  const job = plainJob(jobId, more);
  return {
    ...job,
    watch: { S: 'check' },
    place: { S: `#${jobId}` },
    month: { S: '2026-01' },
    registeredAtJobId: { S: `2026-01-15T00:00:00.000Z#${jobId}` },
    indexed: {
      M: pick(job, 'jobId', 'label', 'state', 'version', 'registeredAt', 'timeoutAt', 'owed'),
    },
  };
}

/** All items of a table, in no order. */
export async function itemsOf(client: DynamoDBClient, TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

/** The jobs in partition `check` of the index `watched`, in its order. */
export async function watchedJobs(client: DynamoDBClient): Promise<Item[]> {
  const query = {
    TableName: 'Jobs',
    IndexName: 'watched',
    KeyConditionExpression: 'watch = :check',
    ExpressionAttributeValues: { ':check': { S: 'check' } },
  };
  const items: Item[] = [];
  for await (const page of paginateQuery({ client }, query)) items.push(...(page.Items ?? []));
  return items;
}

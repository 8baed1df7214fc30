import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB has it. */
export type Item = Record<string, AttributeValue>;

/** A pending job, as an item of the jobs table. */
export function pendingJob(jobId: string, more: Item = {}): Item {
  return {
    jobId: { S: jobId },
    state: { S: 'Running' },
    label: { S: 'Bridge' },
    version: { N: '1' },
    watch: { S: 'check' },
    month: { S: '2026-01' },
    registeredAtJobId: { S: `2026-01-15T00:00:00.000Z#${jobId}` },
    ...more,
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

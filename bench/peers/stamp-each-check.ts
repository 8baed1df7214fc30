import { PutCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Table } from '../../local/dynamodb/tables.ts';
import type { Design, DesignParts } from '../units/design.ts';

const TABLE = 'StampedJobs';

/** A table with a key and no index: the cheapest there is. */
export const STAMPED_JOBS: Table = {
  name: TABLE,
  definition: {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'jobId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'jobId', KeyType: 'HASH' }],
  },
};

/**
 * The usual poller: scans for what has not ended, asks, and writes state and time of the check to the
 * job. It keeps no history and does not notice when an alert got lost, and so is as cheap as can be.
 */
export function createStampEachCheck({ documents, upstreamState, now }: DesignParts): Design {
  async function* pendingJobs(): AsyncGenerator<string> {
    const pages = paginateScan(
      { client: documents },
      {
        TableName: TABLE,
        FilterExpression: '#state IN (:registered, :queued, :running)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':registered': 'Registered',
          ':queued': 'Queued',
          ':running': 'Running',
        },
      },
    );
    for await (const { Items = [] } of pages) yield* Items.map(({ jobId }) => jobId);
  }

  async function check(jobId: string): Promise<void> {
    await documents.send(
      new UpdateCommand({
        TableName: TABLE,
        Key: { jobId },
        UpdateExpression: 'SET #state = :state, lastCheckedAt = :now',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': upstreamState(), ':now': now() },
      }),
    );
  }

  return {
    async register(jobId) {
      const facts = { label: 'Tower B, nightly', registeredAt: now(), registeredBy: 'pipeline' };
      const Item = { jobId, ...facts, state: 'Registered' };
      await documents.send(new PutCommand({ TableName: TABLE, Item }));
    },
    async sweep() {
      await pMap(pendingJobs(), check, { concurrency: 50 });
    },
  };
}

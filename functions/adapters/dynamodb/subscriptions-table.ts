import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Subscription } from '../../core/alerts/listeners.ts';
import type { SubscriptionStore } from '../../core/ports.ts';
import { isWritten } from './conditional-write.ts';

/**
 * The subscriptions in DynamoDB, one item each, which holds its attributes as they are. There are a
 * hundred or so of at most 3 KB: one page of a scan, which may be 1 MB, has them all.
 *
 * A write whose answer got lost and that the SDK then repeated comes back as false though it was
 * made: whoever wrote reads again, and writes once more.
 */
export function createSubscriptionStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): SubscriptionStore {
  return {
    async list(signal) {
      const { Items = [] } = await client.send(
        new ScanCommand({ TableName: tableName, ConsistentRead: true }),
        signal && { abortSignal: signal },
      );
      return Items as Subscription[];
    },

    async get(subscriptionId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { subscriptionId }, ConsistentRead: true }),
      );
      return Item as Subscription | undefined;
    },

    put(subscription) {
      const command = new PutCommand({
        TableName: tableName,
        Item: subscription,
        ...(subscription.version === 1
          ? { ConditionExpression: 'attribute_not_exists(subscriptionId)' }
          : isVersion(subscription.version - 1)),
      });
      return isWritten(client.send(command));
    },

    remove({ subscriptionId, version }) {
      const command = new DeleteCommand({
        TableName: tableName,
        Key: { subscriptionId },
        ...isVersion(version),
      });
      return isWritten(client.send(command));
    },
  };
}

function isVersion(version: number) {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

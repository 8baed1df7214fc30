import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { MAIL_AGAIN_AFTER, type Subscription } from '../../core/alerts/listeners.ts';
import { RETENTION } from '../../core/jobs/job.ts';
import { omit } from '../../core/objects.ts';
import type { CheckpointStore, LengthStore, SubscriptionStore } from '../../core/ports.ts';
import type { GroupLengths } from '../../core/statistics/lengths.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { SECOND } from '../../core/time.ts';

/**
 * Whether a conditional write went through.
 *
 * False can be wrong: when an answer gets lost, the SDK sends the same write again, and the condition
 * then fails on what the first attempt wrote. So false means "read again before you go on", never
 * "nothing changed". Likewise, an error says nothing about whether the write was made.
 *
 * @returns false when the condition did not hold
 */
export async function isWritten(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The key of its item. Beside it are the figures of months. */
const KEY = { id: 'sweep' };

/**
 * The checkpoint in DynamoDB: one item that holds its attributes as they are.
 *
 * A write whose answer got lost and that the SDK then repeated comes back as false though it was
 * made. For a lease this means a sweep that does nothing, and another once the lease has run out;
 * for a result, that it is on record and reported as lost.
 */
export function createCheckpointStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): CheckpointStore {
  return {
    async read(signal) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: KEY, ConsistentRead: true }),
        signal && { abortSignal: signal },
      );
      return Item && omit(Item as typeof KEY & Checkpoint, 'id');
    },

    write(checkpoint, signal) {
      const command = new PutCommand({
        TableName: tableName,
        Item: { ...KEY, ...checkpoint },
        ...follows(checkpoint.version),
      });
      return isWritten(client.send(command, signal && { abortSignal: signal }));
    },
  };
}

/** The condition of a put: that the item is of the version before this one; before the first there is none. */
export function follows(version: number, key = 'id') {
  return version === 1
    ? { ConditionExpression: `attribute_not_exists(${key})` }
    : isVersion(version - 1);
}

function isVersion(version: number) {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

/** The key of a group's lengths among the jobs: no id of a job has a `#`. */
function lengthsKey(group: string): string {
  return `lengths#${group}`;
}

/**
 * How long the runs of each group took: small items of the Jobs table, in no index of it. One stays as
 * long as the last run that is in it.
 */
export function createLengthStore(client: DynamoDBDocumentClient, tableName: string): LengthStore {
  return {
    async get(group, signal) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: { jobId: lengthsKey(group) },
          ConsistentRead: true,
        }),
        signal && { abortSignal: signal },
      );
      return Item && (omit(Item, 'jobId', 'expiresAt') as GroupLengths);
    },

    put(lengths, signal) {
      const { group, version, endedAt } = lengths;
      const expiresAt = Math.ceil((endedAt + RETENTION) / SECOND);
      const command = new PutCommand({
        TableName: tableName,
        Item: { ...lengths, jobId: lengthsKey(group), expiresAt },
        ...follows(version, 'jobId'),
      });
      return isWritten(client.send(command, signal && { abortSignal: signal }));
    },
  };
}

/** A subscription as it is stored. `expiresAt`: when DynamoDB may delete it, seconds since the epoch. */
type SubscriptionItem = Subscription & { readonly expiresAt?: number };

function toSubscriptionItem(subscription: Subscription): SubscriptionItem {
  const { endedAt } = subscription;
  if (endedAt === undefined) return subscription;
  return { ...subscription, expiresAt: Math.ceil((endedAt + MAIL_AGAIN_AFTER) / SECOND) };
}

/** One that is asked for again must not expire. */
function toSubscription(item: Record<string, unknown>): Subscription {
  return omit(item as unknown as SubscriptionItem, 'expiresAt');
}

/**
 * The subscriptions in DynamoDB, one item each: its attributes as they are, and what the TTL needs.
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
      const scan = { TableName: tableName, ConsistentRead: true };
      const pages = paginateScan({ client }, scan, signal && { abortSignal: signal });
      const all: Subscription[] = [];
      for await (const { Items = [] } of pages) all.push(...Items.map(toSubscription));
      return all;
    },

    async get(subscriptionId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { subscriptionId }, ConsistentRead: true }),
      );
      return Item && toSubscription(Item);
    },

    put(subscription) {
      const command = new PutCommand({
        TableName: tableName,
        Item: toSubscriptionItem(subscription),
        ...follows(subscription.version, 'subscriptionId'),
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

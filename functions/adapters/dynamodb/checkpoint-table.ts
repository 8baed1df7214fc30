import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { omit } from '../../core/objects.ts';
import type { CheckpointStore } from '../../core/ports.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { NO_ANSWERS } from '../../core/sweeps/faults.ts';
import { isWritten } from './conditional-write.ts';

/** The key of the one item in the table. */
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
      if (!Item) return undefined;
      const checkpoint = omit(Item as typeof KEY & Checkpoint, 'id');
      // One that an earlier version wrote has no answers under this name: they are counted anew.
      return { ...checkpoint, answers: checkpoint.answers ?? NO_ANSWERS };
    },

    write(checkpoint, signal) {
      const command = new PutCommand({
        TableName: tableName,
        Item: { ...KEY, ...checkpoint },
        ...replaces(checkpoint.version - 1),
      });
      return isWritten(client.send(command, signal && { abortSignal: signal }));
    },
  };
}

function replaces(version: number) {
  return version === 0
    ? { ConditionExpression: 'attribute_not_exists(id)' }
    : {
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': version },
      };
}

import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Watch } from '../../core/jobs/job.ts';
import type { JobStore, Page } from '../../core/ports.ts';
import { type JobItem, toItem, toJob, updateOf } from './job-item.ts';
import { isWritten } from './tables.ts';

/** How many jobs with something owed are read at once. */
const OWED_LIMIT = 100;

/** Sorts before every place: they begin with the id of an iModel, or with `#`. */
const BEFORE_ALL = '!';

/** What the index `watched` holds of a job. */
type WatchedItem = Pick<JobItem, 'jobId' | 'indexed'> & { readonly place: string };

/**
 * The jobs in DynamoDB, one item each: the job's attributes as they are, and what the indexes and
 * the TTL need.
 *
 * A write whose answer got lost and that the SDK then repeated comes back as false though it was
 * made. Whoever wrote must then take it as "somebody was first": the sweep drops the job, and finds
 * what it wrote in the next pass, or the alert it owes in the next draining; the API reads the job
 * again and goes on from there. An error thrown by a write does not say whether it was made.
 */
export function createJobStore(client: DynamoDBDocumentClient, tableName: string): JobStore {
  const watched = queryWatched(client, tableName);
  return {
    add: (job) =>
      isWritten(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(job),
            ConditionExpression: 'attribute_not_exists(jobId)',
          }),
        ),
      ),

    async get(jobId, signal) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { jobId }, ConsistentRead: true }),
        signal && { abortSignal: signal },
      );
      return Item && toJob(Item as JobItem);
    },

    update(before, after, signal) {
      const command = new UpdateCommand({
        TableName: tableName,
        Key: { jobId: before.jobId },
        ...updateOf(before, after),
      });
      return isWritten(client.send(command, signal && { abortSignal: signal }));
    },

    async pendingPage(after, limit, signal) {
      const { items, ...position } = await watched('check', after, limit, signal);
      return { items: items.map(({ indexed }) => indexed), ...position };
    },

    async owedPage(after, signal) {
      const { items, ...position } = await watched('alert', after, OWED_LIMIT, signal);
      return { items: items.map(({ jobId }) => jobId), ...position };
    },
  };
}

/** Pages of the index `watched` in key order. Like every index it may lag by seconds. */
function queryWatched(client: DynamoDBDocumentClient, tableName: string) {
  return async (
    watch: Watch,
    after: string | undefined,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<Page<WatchedItem>> => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'watched',
        KeyConditionExpression: 'watch = :watch AND place > :after',
        ExpressionAttributeValues: { ':watch': watch, ':after': after ?? BEFORE_ALL },
        Limit: limit,
      }),
      signal && { abortSignal: signal },
    );
    const last: string | undefined = LastEvaluatedKey?.place;
    return { items: Items as WatchedItem[], ...(last !== undefined && { last }) };
  };
}

import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  type IModel,
  iModelKey,
  type WatchedIModel,
  watchedIModel,
} from '../../core/imodels/imodel.ts';
import { placeOf } from '../../core/jobs/job.ts';
import { omit } from '../../core/objects.ts';
import type { IModelStore } from '../../core/ports.ts';
import { changesOf } from './jobs-table.ts';
import { isWritten } from './tables.ts';

/** What is written beside an iModel's own attributes, always computed from them. */
const DERIVED = ['jobId', 'watch', 'place', 'month', 'registeredAtJobId', 'indexed'] as const;
/** All of them in one partition of the index by month, where no month is. */
const MONTH = 'imodels';

function toItem(iModel: IModel) {
  return {
    ...iModel,
    jobId: iModelKey(iModel.iModelId),
    watch: 'check',
    place: placeOf(iModel),
    month: MONTH,
    registeredAtJobId: iModel.iModelId,
    indexed: watchedIModel(iModel),
  };
}

/**
 * The watched iModels in DynamoDB: items of the Jobs table, each right before the jobs of its runs in
 * the index that sweeps go through.
 */
export function createIModelStore(client: DynamoDBDocumentClient, tableName: string): IModelStore {
  return {
    async get(iModelId, signal) {
      const Key = { jobId: iModelKey(iModelId) };
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key, ConsistentRead: true }),
        signal && { abortSignal: signal },
      );
      return Item && omit(Item as ReturnType<typeof toItem>, ...DERIVED);
    },

    list: () => list(client, tableName),

    add: (iModel) =>
      isWritten(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(iModel),
            ConditionExpression: 'attribute_not_exists(jobId)',
          }),
        ),
      ),

    update(before, after, signal) {
      const { ExpressionAttributeValues, ...changes } = changesOf(
        { ...before },
        { ...toItem(after) },
        DERIVED,
      );
      const command = new UpdateCommand({
        TableName: tableName,
        Key: { jobId: iModelKey(before.iModelId) },
        ...changes,
        ConditionExpression: IS_AS_READ,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ...asRead(before) },
      });
      return isWritten(client.send(command, signal && { abortSignal: signal }));
    },

    remove(iModel) {
      const command = new DeleteCommand({
        TableName: tableName,
        Key: { jobId: iModelKey(iModel.iModelId) },
        ConditionExpression: IS_AS_READ,
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: asRead(iModel),
      });
      return isWritten(client.send(command));
    },
  };
}

async function list(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<readonly WatchedIModel[]> {
  const iModels: WatchedIModel[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      IndexName: 'byMonth',
      KeyConditionExpression: '#month = :month',
      ExpressionAttributeNames: { '#month': 'month' },
      ExpressionAttributeValues: { ':month': MONTH },
    },
  );
  for await (const { Items = [] } of pages) {
    iModels.push(...Items.map(({ indexed }) => indexed as WatchedIModel));
  }
  return iModels;
}

/** One that was deleted and watched again since is another, though versions start anew. */
const IS_AS_READ = '#version = :before AND since = :began';

function asRead({ version, since }: IModel) {
  return { ':before': version, ':began': since };
}

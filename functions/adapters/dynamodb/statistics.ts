import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import type { StatisticsStore } from '../../core/ports.ts';
import {
  type EndedRun,
  figuresByGroup,
  GROUPINGS,
  MOST_GROUPS,
} from '../../core/statistics/figures.ts';
import type { MonthFigures } from '../../core/statistics/months.ts';
import { isoTime } from '../../core/time.ts';
import { follows, isWritten } from './tables.ts';

/** What the index by time of end holds that figures tell of. */
const TOLD = [
  'jobId',
  'kind',
  'iModelId',
  'label',
  'state',
  'containsIssues',
  'endedAt',
  'runLength',
] as const satisfies readonly (keyof EndedRun)[];

/** What is not asked for need not be sent, and read. */
const PROJECTION = {
  ProjectionExpression: TOLD.map((name) => `#indexed.#${name}`).join(),
  ExpressionAttributeNames: {
    '#indexed': 'indexed',
    ...Object.fromEntries(TOLD.map((name) => [`#${name}`, name])),
  },
};

/** Sorts before all that ids of jobs are made of: what comes right after a key. */
const AFTER = ' ';

/** A month as it is stored, in the table of the checkpoint: the API may read that and write nothing there. */
interface MonthItem extends Omit<MonthFigures, 'by' | 'month'> {
  readonly id: string;
  /** What `by` is as JSON, compressed: a thousand groups each way would not fit into an item else. */
  readonly figures: Uint8Array;
}

/** The runs that have ended, and the figures that are kept of them, in DynamoDB. */
export function createStatisticsStore(
  client: DynamoDBDocumentClient,
  { jobsTable, checkpointTable }: { readonly jobsTable: string; readonly checkpointTable: string },
): StatisticsStore {
  return {
    async endedPage({ month, from, before }, after, limit, signal) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: jobsTable,
          IndexName: 'byEnd',
          KeyConditionExpression: 'endMonth = :month AND endedAtJobId BETWEEN :from AND :before',
          ExpressionAttributeValues: {
            ':month': month,
            ':from': after === undefined ? isoTime(from) : `${after}${AFTER}`,
            ':before': isoTime(before),
          },
          ...PROJECTION,
          ...(limit !== undefined && { Limit: limit }),
        }),
        signal && { abortSignal: signal },
      );
      const last: string | undefined = LastEvaluatedKey?.endedAtJobId;
      return {
        items: Items.map(({ indexed }) => indexed as EndedRun),
        ...(last !== undefined && { last }),
      };
    },

    async month(month, signal) {
      const Key = { id: idOf(month) };
      const { Item } = await client.send(
        new GetCommand({ TableName: checkpointTable, Key, ConsistentRead: true }),
        signal && { abortSignal: signal },
      );
      if (!Item) return undefined;
      const { id, figures, ...rest } = Item as MonthItem;
      return { ...rest, month, by: JSON.parse(gunzipSync(figures).toString()) };
    },

    keep({ month, by, ...rest }, signal) {
      const Item: MonthItem = { ...rest, id: idOf(month), figures: packed(by) };
      const command = new PutCommand({
        TableName: checkpointTable,
        Item,
        ...follows(rest.version),
      });
      return isWritten(client.send(command, signal && { abortSignal: signal }));
    },
  };
}

function idOf(month: string): string {
  return `month#${month}`;
}

/** An item of DynamoDB has at most 400 KB. */
const MOST_BYTES = 390_000;

/** Labels may be long and in any script: of such as take too much room the smallest groups go to the others. */
function packed(by: MonthFigures['by']): Uint8Array {
  for (let most = MOST_GROUPS; ; most = Math.floor(most / 2)) {
    const fewer = GROUPINGS.map((grouping) => {
      const all = figuresByGroup();
      all.addAll(by[grouping]);
      return [grouping, all.grouped(most)];
    });
    const figures = gzipSync(JSON.stringify(Object.fromEntries(fewer)));
    if (figures.length <= MOST_BYTES) return figures;
  }
}

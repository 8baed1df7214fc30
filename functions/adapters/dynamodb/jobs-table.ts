import { isDeepStrictEqual } from 'node:util';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  expiresAt,
  type Job,
  placeOf,
  type Watch,
  type WatchedJob,
  watchedJob,
  watchOf,
} from '../../core/jobs/job.ts';
import { omit } from '../../core/objects.ts';
import type { JobStore, Page } from '../../core/ports.ts';
import { isoTime, monthOf, SECOND } from '../../core/time.ts';
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
 * what it wrote in the next pass, or the alert it owes in the next sweep; the API reads the job
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

/** What is written beside a job's own attributes, always computed from them. */
interface DerivedAttributes {
  /** Partition of the index `watched`; absent when the watch is over. */
  readonly watch?: Watch;
  /** When DynamoDB may delete the item: seconds since the epoch, as its TTL wants it. */
  readonly expiresAt?: number;
  /** Partition of the index `byMonth`: UTC month of registration, `YYYY-MM`. Not of a test. */
  readonly month?: string;
  /** Sort key of the index `byMonth`: `<time of registration, ISO 8601>#<job id>`. Not of a test. */
  readonly registeredAtJobId?: string;
  /** Sort key of the index `watched`: see `placeOf`. */
  readonly place?: string;
  /** Partition of the index `byEnd`: UTC month of the end, `YYYY-MM`; see `toldEnd`. */
  readonly endMonth?: string;
  /** Sort key of the index `byEnd`: `<time of the end, ISO 8601>#<job id>`; see `toldEnd`. */
  readonly endedAtJobId?: string;
  /** What every index holds of the job: one map, so that no new fact of a job changes an index. */
  readonly indexed: WatchedJob;
}

/** A job as it is stored. */
export type JobItem = Job & DerivedAttributes;

const DERIVED = [
  'watch',
  'place',
  'expiresAt',
  'month',
  'registeredAtJobId',
  'endMonth',
  'endedAtJobId',
  'indexed',
] as const satisfies readonly (keyof DerivedAttributes)[];

/**
 * When a job ended, for figures and digests (ms since the epoch): of a run that was over before its watch
 * nobody is told, and one that was made up is none.
 */
export function toldEnd({
  endedAt,
  isTest,
  isQuietIfOver,
}: Pick<Job, 'endedAt' | 'isTest' | 'isQuietIfOver'>): number | undefined {
  return isTest || isQuietIfOver ? undefined : endedAt;
}

/** A job with everything that is derived from it. */
export function toItem(job: Job): JobItem {
  const watch = watchOf(job);
  const expires = expiresAt(job);
  const end = toldEnd(job);
  return {
    ...job,
    indexed: watchedJob(job),
    ...(watch !== undefined && { watch, place: placeOf(job) }),
    ...(expires !== undefined && { expiresAt: Math.ceil(expires / SECOND) }),
    ...(!job.isTest && {
      month: monthOf(job.registeredAt),
      registeredAtJobId: keyOf(job, job.registeredAt),
    }),
    ...(end !== undefined && { endMonth: monthOf(end), endedAtJobId: keyOf(job, end) }),
  };
}

function keyOf({ jobId }: Job, time: number): string {
  return `${isoTime(time)}#${jobId}`;
}

/** The job of an item. Attributes that this version of the code does not know stay on it. */
export function toJob(item: JobItem): Job {
  return omit(item, ...DERIVED);
}

/**
 * The update that makes the item of one version of a job that of another: sets what changed, removes
 * what is gone, and writes whatever is derived anew. Its condition is the version the change was
 * decided on; an item that is not there has none, so an update never creates one.
 */
export function updateOf(before: Job, after: Job) {
  return changesOf({ ...before }, { ...toItem(after) }, DERIVED);
}

/**
 * The same for any versioned item.
 *
 * @param old what was decided on, without what is derived
 * @param item what is to be there, with it
 * @param derived what goes where `item` has none of it
 */
export function changesOf(
  old: Readonly<Record<string, unknown>>,
  item: Readonly<Record<string, unknown>>,
  derived: readonly string[],
) {
  const set = Object.entries(item).filter(
    ([name, value]) =>
      name !== 'jobId' && value !== undefined && !isDeepStrictEqual(value, old[name]),
  );
  const remove = [...Object.keys(old), ...derived].filter((name) => item[name] === undefined);
  const names = [...set.map(([name]) => name), ...remove];
  const clauses = [`SET ${set.map(([name]) => `#${name} = :${name}`).join()}`];
  if (remove.length > 0) clauses.push(`REMOVE ${remove.map((name) => `#${name}`).join()}`);
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: {
      '#version': 'version',
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: {
      ':before': old.version,
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    },
  };
}

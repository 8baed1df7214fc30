import { setTimeout } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Job } from '../../core/jobs/job.ts';
import { isAmong, type JobFilter } from '../../core/jobs/job-filter.ts';
import type { ListableJobStore, ListPosition, Page } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import { createJobStore, type JobItem } from './jobs-table.ts';

/** DynamoDB left part of a page unread time and again: it, or the table, is overloaded. */
export class JobsUnread extends Error {
  override readonly name = 'JobsUnread';

  constructor() {
    super('DynamoDB is too busy to give out a page of jobs: try again in a minute.');
  }
}

/** How often DynamoDB is asked for what it left unread; the waits between (ms) double. */
const ATTEMPTS = 5;
const FIRST_WAIT = 50;

/** Sorts after every key of the index: they begin with a digit. */
const AFTER_ALL = '~';

/** What is not in a list: alerts and logs are told of one job alone, a test is in no list, and checks are for sweeps. */
type Unlisted = 'alerts' | 'logs' | 'isTest' | 'checkedAt';

/** What a list shows of a job. */
const LISTED: Readonly<Record<Exclude<keyof Job, Unlisted>, true>> = {
  jobId: true,
  kind: true,
  connectionId: true,
  connectionType: true,
  iModelId: true,
  iModelName: true,
  startedAt: true,
  isQuietIfOver: true,
  label: true,
  registeredAt: true,
  registeredBy: true,
  timeoutAt: true,
  remindAt: true,
  remindedAt: true,
  remindCause: true,
  unusuallyLong: true,
  usual: true,
  state: true,
  reason: true,
  containsIssues: true,
  logsUrl: true,
  version: true,
  // All of them: with the first alone, the last watch of a job that was registered again would be missing.
  transitions: true,
  transitionsDropped: true,
  missing: true,
  failedChecks: true,
  limitedAt: true,
  notBefore: true,
  lastError: true,
  overdueSince: true,
  owed: true,
  endedAt: true,
  runLength: true,
  cancelledBy: true,
};

const PROJECTION = {
  ProjectionExpression: Object.keys(LISTED)
    .map((name) => `#${name}`)
    .join(),
  ExpressionAttributeNames: Object.fromEntries(
    Object.keys(LISTED).map((name) => [`#${name}`, name]),
  ),
};

/** The jobs in DynamoDB with the list of them, which only the API needs. */
export function createListableJobStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): ListableJobStore {
  return {
    ...createJobStore(client, tableName),
    listPage: (position, limit, filter) => listPage(client, tableName, position, limit, filter),
  };
}

/**
 * One page of the jobs registered in a month, newest first, without their alerts and logs. Jobs that the
 * filter does not let through are left out after they were read, so a page may be short or empty and yet not
 * be the last.
 *
 * @param limit how many jobs are read, at most 100
 * @throws JobsUnread when DynamoDB does not give out all of them
 */
async function listPage(
  client: DynamoDBDocumentClient,
  tableName: string,
  { month, after }: ListPosition,
  limit: number,
  filter: JobFilter = {},
): Promise<Page<Job>> {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byMonth',
      KeyConditionExpression: '#month = :month AND registeredAtJobId < :after',
      ExpressionAttributeNames: { '#month': 'month' },
      ExpressionAttributeValues: { ':month': month, ':after': after ?? AFTER_ALL },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  const keys = Items as Pick<Required<JobItem>, 'jobId' | 'registeredAtJobId'>[];
  const inTime = keys.filter(isInTime(filter));
  // Of a job that is reopened the old place and the new one may be there at once, and DynamoDB refuses
  // a key that is there twice.
  const jobIds = [...new Set(inTime.map(({ jobId }) => jobId))];
  const jobs = await readJobs(client, tableName, jobIds);
  const last: string | undefined = LastEvaluatedKey?.registeredAtJobId;
  const hasMore = last !== undefined && inTime.length === keys.length;
  return {
    items: jobIds.flatMap((jobId) => jobs.get(jobId) ?? []).filter((job) => isAmong(filter, job)),
    ...(hasMore && { last }),
  };
}

/** Tells by its key alone whether a job was registered in time: those that were not are not read. */
function isInTime({ registeredFrom }: JobFilter) {
  const from = registeredFrom === undefined ? '' : isoTime(registeredFrom);
  return ({ registeredAtJobId }: { readonly registeredAtJobId: string }) =>
    registeredAtJobId >= from;
}

/** The jobs that are still there, by id. */
async function readJobs(
  client: DynamoDBDocumentClient,
  tableName: string,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, Job>> {
  const jobs = new Map<string, Job>();
  let keys: Record<string, unknown>[] = jobIds.map((jobId) => ({ jobId }));
  for (let attempt = 1; keys.length > 0; attempt += 1) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: keys, ...PROJECTION } } }),
    );
    for (const item of (Responses?.[tableName] ?? []) as Omit<Job, Unlisted>[]) {
      jobs.set(item.jobId, item);
    }
    keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (keys.length > 0) await waitBefore(attempt + 1);
  }
  return jobs;
}

async function waitBefore(attempt: number): Promise<void> {
  if (attempt > ATTEMPTS) throw new JobsUnread();
  await setTimeout(FIRST_WAIT * 2 ** (attempt - 2));
}

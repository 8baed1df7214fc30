import {
  type JobItem,
  toItem,
  toJob,
  updateOf,
} from '../../../functions/adapters/dynamodb/jobs-table.ts';
import type { Job } from '../../../functions/core/jobs/job.ts';
import { isAmong, type JobFilter } from '../../../functions/core/jobs/job-filter.ts';
import { omit } from '../../../functions/core/objects.ts';
import type { ListPosition, Page } from '../../../functions/core/ports.ts';
import { isPendingJob, type PendingEntry } from '../../../functions/core/sweeps/schedule.ts';
import { SECOND } from '../../../functions/core/time.ts';
import type { Scheduler } from '../scheduler.ts';
import { copyOf } from './copy-of.ts';
import { createIModelItems, type IModelItems } from './imodel-items.ts';
import { createWatchedIndex, type IndexParts } from './watched-index.ts';

/** The jobs table in memory: conditional writes, an index that lags, a TTL that takes its time. */
export interface JobsTable {
  add(job: Job): boolean;
  /** What is on record itself, and no copy. */
  get(jobId: string): Job | undefined;
  update(before: Job, after: Job): boolean;
  pendingPage(after: string | undefined, limit: number): Page<PendingEntry>;
  owedPage(after: string | undefined): Page<string>;
  listPage(position: ListPosition, limit: number, filter?: JobFilter): Page<Job>;
  /** Whether this job is on record, or ever was. */
  hasHad(jobId: string): boolean;
  /** Every job on record. */
  all(): Iterable<Job>;
  /** The watched iModels, which are items of the same table. */
  readonly iModels: IModelItems;
}

/** What a jobs table lives in. Times are ms since the epoch. */
export interface JobsTableParts extends IndexParts {
  /** Lets something happen at a time. */
  readonly at: Scheduler['at'];
  /** How long (ms) the TTL takes to find an item that has expired. */
  readonly ttlDelay: () => number;
  readonly onExpired: (job: Job) => void;
}

const OWED_LIMIT = 100;

/** An empty table. */
export function createJobsTable(parts: JobsTableParts): JobsTable {
  const { now, at, ttlDelay, onExpired } = parts;
  const items = new Map<string, JobItem>();
  const jobs = new Map<string, Job>();
  const had = new Set<string>();
  const index = createWatchedIndex(parts);

  function put(item: JobItem): void {
    items.set(item.jobId, item);
    had.add(item.jobId);
    jobs.set(item.jobId, toJob(item));
    index.note(item.jobId, item);
    if (item.expiresAt === undefined) return;
    at(item.expiresAt * SECOND + ttlDelay(), () => expire(item.jobId));
  }

  /** The TTL looks at what the item says by then. */
  function expire(jobId: string): false {
    const job = jobs.get(jobId);
    const expiresAt = items.get(jobId)?.expiresAt;
    if (job === undefined || expiresAt === undefined || expiresAt * SECOND > now()) return false;
    items.delete(jobId);
    jobs.delete(jobId);
    index.note(jobId, undefined);
    onExpired(job);
    return false;
  }

  return {
    add(job) {
      if (items.has(job.jobId)) return false;
      put(copyOf(toItem(job)));
      return true;
    },
    get: (jobId) => jobs.get(jobId),
    update(before, after) {
      const stored = items.get(before.jobId);
      const next = updated(stored, before, after);
      if (next) put(next);
      return next !== undefined;
    },
    pendingPage(after, limit) {
      const page = index.query('check', after, limit);
      return { ...page, items: page.items.map(({ entry }) => entry) };
    },
    owedPage(after) {
      const page = index.query('alert', after, OWED_LIMIT);
      return {
        ...page,
        items: page.items.flatMap(({ entry }) => (isPendingJob(entry) ? entry.jobId : [])),
      };
    },
    listPage: (position, limit, filter) => listed([...items.values()], position, limit, filter),
    hasHad: (jobId) => had.has(jobId),
    all: () => jobs.values(),
    iModels: createIModelItems(index),
  };
}

/** Carries out the update expression that DynamoDB would be sent. */
function updated(stored: JobItem | undefined, before: Job, after: Job): JobItem | undefined {
  const update = updateOf(before, after);
  const values: Readonly<Record<string, unknown>> = update.ExpressionAttributeValues;
  if (update.ConditionExpression && stored?.version !== values[':before']) return undefined;
  const item: Record<string, unknown> = { ...stored, jobId: before.jobId };
  const removed: string[] = [];
  for (const [placeholder, name] of Object.entries(update.ExpressionAttributeNames)) {
    const value = `:${placeholder.slice(1)}`;
    if (value in values) item[name] = copyOf(values[value]);
    else removed.push(name);
  }
  return omit(item, ...removed) as unknown as JobItem;
}

/** A page of the index by month, which does not lag: newest first. */
function listed(
  items: readonly JobItem[],
  { month, after = '~' }: ListPosition,
  limit: number,
  filter: JobFilter = {},
): Page<Job> {
  const keyOf = ({ registeredAtJobId = '' }: JobItem) => registeredAtJobId;
  const page = items
    .filter((item) => item.month === month && keyOf(item) < after)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
    .slice(0, limit);
  const last = page[limit - 1];
  return {
    items: page
      .filter((item) => isAmong(filter, item))
      .map((item) => omit(copyOf(toJob(item)), 'alerts', 'logs')),
    ...(last && { last: keyOf(last) }),
  };
}

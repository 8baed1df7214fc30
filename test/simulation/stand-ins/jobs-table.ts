import { type JobItem, toItem, toJob, updateOf } from '../../../functions/adapters/job-item.ts';
import type { Job, WatchedJob } from '../../../functions/core/job.ts';
import { omit } from '../../../functions/core/omit.ts';
import type { JobStore, Page } from '../../../functions/core/ports.ts';
import type { Watch } from '../../../functions/core/watch.ts';
import type { Caller } from '../caller.ts';
import { copyOf } from './copy-of.ts';

/** The jobs table in memory: conditional writes, and an index that lags. */
export interface JobsTable {
  add(job: Job): boolean;
  /** What is on record itself, and no copy. */
  get(jobId: string): Job | undefined;
  update(before: Job, after: Job): boolean;
  pendingPage(after: string | undefined, limit: number): Page<WatchedJob>;
  owedPage(after: string | undefined): Page<string>;
  /** Every job on record, in key order. */
  all(): readonly Job[];
}

/** What a jobs table lives in. */
export interface JobsTableParts {
  /** ms since the epoch. */
  readonly now: () => number;
  /** How long (ms) it takes until the index shows the write that was just made. */
  readonly indexLag: () => number;
}

type Watched = WatchedJob & { readonly watch: Watch };

/** What the index shows of a job, and from when on; oldest first. */
type Versions = { readonly from: number; readonly entry: Watched | undefined }[];

/** What the deployed index holds of a job. */
const PROJECTED = [
  'jobId',
  'watch',
  'state',
  'version',
  'registeredAt',
  'timeoutAt',
  'remindAt',
  'missing',
  'failedChecks',
  'overdueSince',
  'owed',
] as const satisfies readonly (keyof JobItem)[];

const OWED_LIMIT = 100;

/** An empty table. */
export function createJobsTable({ now, indexLag }: JobsTableParts): JobsTable {
  const items = new Map<string, JobItem>();
  const jobs = new Map<string, Job>();
  const index = new Map<string, Versions>();
  const keys: string[] = [];

  function put(item: JobItem): void {
    items.set(item.jobId, item);
    jobs.set(item.jobId, toJob(item));
    const versions = index.get(item.jobId) ?? [];
    const from = Math.max(now() + indexLag(), versions.at(-1)?.from ?? 0);
    versions.push({ from, entry: projected(item) });
    index.set(item.jobId, versions);
  }

  function indexed(jobId: string): Watched | undefined {
    const versions = index.get(jobId) ?? [];
    while (versions[1] && versions[1].from <= now()) versions.shift();
    const [current] = versions;
    return current && current.from <= now() ? current.entry : undefined;
  }

  function query(watch: Watch, after: string | undefined, limit: number): Page<Watched> {
    const found: Watched[] = [];
    for (const jobId of keys) {
      if (after !== undefined && jobId <= after) continue;
      const entry = indexed(jobId);
      if (entry?.watch !== watch) continue;
      found.push(entry);
      if (found.length === limit) return { items: found, last: jobId };
    }
    return { items: found };
  }

  return {
    add(job) {
      if (items.has(job.jobId)) return false;
      const at = keys.findIndex((key) => key > job.jobId);
      keys.splice(at === -1 ? keys.length : at, 0, job.jobId);
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
      const page = query('check', after, limit);
      return { ...page, items: page.items.map((entry) => omit(entry, 'watch')) };
    },
    owedPage(after) {
      const page = query('alert', after, OWED_LIMIT);
      return { ...page, items: page.items.map(({ jobId }) => jobId) };
    },
    all: () => keys.map((key) => jobs.get(key) as Job),
  };
}

/** Carries out the update expression that DynamoDB would be sent. */
function updated(stored: JobItem | undefined, before: Job, after: Job): JobItem | undefined {
  const update = updateOf(before, after);
  const values: Readonly<Record<string, unknown>> = update.ExpressionAttributeValues;
  if (update.ConditionExpression && stored?.version !== values[':version']) return undefined;
  const item: Record<string, unknown> = { ...stored, jobId: before.jobId };
  const removed: string[] = [];
  for (const [placeholder, name] of Object.entries(update.ExpressionAttributeNames)) {
    if (placeholder.startsWith('#s')) item[name] = copyOf(values[`:${placeholder.slice(1)}`]);
    else if (placeholder.startsWith('#r')) removed.push(name);
  }
  return omit(item, ...removed) as unknown as JobItem;
}

function projected(item: JobItem): Watched | undefined {
  if (item.watch === undefined) return undefined;
  const entry: Record<string, unknown> = {};
  for (const name of PROJECTED) if (item[name] !== undefined) entry[name] = item[name];
  return entry as unknown as Watched;
}

/** The table as one invocation reaches it. */
export function jobStoreOf(
  table: JobsTable,
  call: Caller,
  onWritten: (before: Job | undefined, after: Job) => void,
): JobStore {
  function reported(jobId: string, write: () => boolean): boolean {
    const before = table.get(jobId);
    const isWritten = write();
    if (isWritten) onWritten(before, table.get(jobId) as Job);
    return isWritten;
  }

  return {
    add: (job) =>
      call({
        what: `add ${job.jobId}`,
        to: 'tables',
        effect: () => reported(job.jobId, () => table.add(job)),
        ifRepeated: false,
      }),
    get: (jobId, signal) =>
      call({ what: `get ${jobId}`, to: 'tables', signal, effect: () => copyOf(table.get(jobId)) }),
    update: (before, after, signal) =>
      call({
        what: `update ${before.jobId} to ${after.state}, version ${after.version}`,
        to: 'tables',
        signal,
        effect: () => reported(before.jobId, () => table.update(before, after)),
        ifRepeated: false,
      }),
    pendingPage: (after, limit, signal) =>
      call({
        what: 'read pending jobs',
        to: 'tables',
        signal,
        effect: () => table.pendingPage(after, limit),
      }),
    owedPage: (after, signal) =>
      call({ what: 'read owing jobs', to: 'tables', signal, effect: () => table.owedPage(after) }),
    async listPage() {
      throw new Error('Nobody lists jobs in the simulation: add it to the stand-in first.');
    },
  };
}

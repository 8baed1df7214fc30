import { pick } from '../objects.ts';

/** Where the runs of an iModel are listed. */
export const LIST_SOURCES = ['grouping-and-mapping', 'reporting'] as const;

/** The name of such a place. */
export type ListSource = (typeof LIST_SOURCES)[number];

/** Why the runs of an iModel cannot be listed. `since`: ms since the epoch. */
export interface ListTrouble {
  readonly since: number;
  readonly cause: 'NotFound' | 'AccessDenied' | 'Unreadable';
  /** A sentence of ours, without outside text. */
  readonly message: string;
}

/**
 * An iModel under watch: every fact on record about it. Its runs are jobs of their own. Times are ms
 * since the epoch.
 */
export interface IModel {
  /** A UUID in lower case. */
  readonly iModelId: string;
  /** What its jobs are labelled with. */
  readonly label?: string;
  readonly source: ListSource;
  /** Of each of its jobs. */
  readonly timeoutMinutes: number;
  /** Of each of its jobs; absent: no reminder. */
  readonly remindAfterMinutes?: number;
  /** When the watch began: what was over before is told to nobody. */
  readonly since: number;
  readonly watchedBy: string;
  /** Rises by one on every write; every write is conditional on the version it was decided on. */
  readonly version: number;
  /** Runs that have a job, or need none: id → when it began. A cache: the jobs on record decide. */
  readonly known?: Readonly<Record<string, number>>;
  /** When the newest run of any list began. Absent: no list has shown a run yet. */
  readonly newestAt?: number;
  /** Runs that began before are of no account: there were too many to keep their ids. */
  readonly floor?: number;
  /** Where a listing that came to no end goes on. */
  readonly next?: string;
  /** When all pages were last read. */
  readonly allReadAt?: number;
  /** The newest run is not on the first page: every listing has to read them all. */
  readonly isUnordered?: true;
  readonly trouble?: ListTrouble;
}

/** What an index holds of a watched iModel: all but the ids, which are many. */
const INDEXED = [
  'iModelId',
  'label',
  'source',
  'timeoutMinutes',
  'remindAfterMinutes',
  'since',
  'watchedBy',
  'version',
  'newestAt',
  'isUnordered',
  'trouble',
] as const satisfies readonly (keyof IModel)[];

/** An iModel as the indexes hold it. */
export type WatchedIModel = Pick<IModel, (typeof INDEXED)[number]>;

/** An iModel as the indexes hold it. */
export function watchedIModel(iModel: IModel): WatchedIModel {
  return pick(iModel, ...INDEXED);
}

/** The key of an iModel among the jobs: no id of a job has a `#`. */
export function iModelKey(iModelId: string): string {
  return `imodel#${iModelId}`;
}

/** The place of a watched iModel among what is pending: right before its jobs. */
export function iModelPlace({ iModelId }: Pick<IModel, 'iModelId'>): string {
  return `${iModelId}#`;
}

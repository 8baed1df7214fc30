import { omit, pick } from '../objects.ts';
import { CAUSES, type CauseText } from '../sweeps/causes.ts';
import { DAY } from '../time.ts';

/** Where the runs of an iModel are listed. */
export const LIST_SOURCES = ['grouping-and-mapping', 'reporting'] as const;

/** The name of such a place. */
export type ListSource = (typeof LIST_SOURCES)[number];

/** What the words for each trouble of an iModel's lists are. */
export const TROUBLES = {
  NotFound: CAUSES.IModelUnknown,
  AccessDenied: CAUSES.RoleMissing,
  Unreadable: CAUSES.ListUnreadable,
  /** A list that stays empty; never on record, since the iModel tells it by itself. */
  NoRuns: CAUSES.NoRuns,
} as const satisfies Readonly<Record<string, CauseText>>;

/** Why the runs of an iModel cannot be listed. `since`: ms since the epoch. */
export interface ListTrouble {
  readonly since: number;
  readonly cause: keyof typeof TROUBLES;
  /** A sentence of ours, without outside text. */
  readonly message: string;
}

/** A place within the list of an iModel's runs, and what was seen before it. */
export interface ListPosition {
  /** What to ask for the next page with. */
  readonly query: string;
  /** When the earliest run before it began (ms since the epoch). */
  readonly earliest: number;
  readonly isInOrder: boolean;
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
  /** Of each of its jobs: whether somebody is told when one becomes unusually long. @default true */
  readonly unusuallyLong?: false;
  /** When the watch began: what was over before is told to nobody. */
  readonly since: number;
  readonly watchedBy: string;
  /** Rises by one on every write; every write is conditional on the version it was decided on. */
  readonly version: number;
  /** Runs that have a job, or need none: id → when it began. A cache: the jobs on record decide. */
  readonly known?: Readonly<Record<string, number>>;
  /** When the newest run of any list began. Absent: no list has shown a run yet that says so. */
  readonly newestAt?: number;
  /** A list has shown runs none of which says when it began, and no other before. */
  readonly hasUndated?: true;
  /** Runs that began before are of no account: there were too many to keep their ids. */
  readonly floor?: number;
  /** Where a listing that came to no end goes on. */
  readonly next?: ListPosition;
  /** When all pages were last read. */
  readonly allReadAt?: number;
  /** The list is not newest first: every listing has to read all pages. */
  readonly isUnordered?: true;
  readonly trouble?: ListTrouble;
  /** When upstream last limited our requests by the answer for its list, and nothing else of it since. */
  readonly limitedAt?: number;
  /** No list of it is asked for before: upstream limits that alone. */
  readonly notBefore?: number;
}

/** How long (ms) the lists of an iModel may be empty before that is trouble. */
const EMPTY_FOR = DAY;

/** What an index holds of a watched iModel: all but the ids, which are many. */
const INDEXED = [
  'iModelId',
  'label',
  'source',
  'timeoutMinutes',
  'remindAfterMinutes',
  'unusuallyLong',
  'since',
  'watchedBy',
  'version',
  'newestAt',
  'hasUndated',
  'isUnordered',
  'trouble',
  'notBefore',
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

/** What somebody sets about a watch. */
type WatchSettings = Pick<
  IModel,
  | 'iModelId'
  | 'label'
  | 'source'
  | 'timeoutMinutes'
  | 'remindAfterMinutes'
  | 'unusuallyLong'
  | 'watchedBy'
>;

/** An iModel whose watch begins now (ms since the epoch). A reminder that would come too late never comes. */
export function newIModel(settings: WatchSettings, now: number): IModel {
  const { remindAfterMinutes = 0, timeoutMinutes } = settings;
  const isReminded = remindAfterMinutes > 0 && remindAfterMinutes < timeoutMinutes;
  return {
    ...omit(settings, 'remindAfterMinutes'),
    ...(isReminded && { remindAfterMinutes }),
    since: now,
    version: 1,
  };
}

/**
 * An iModel that the settings of a deployment have watched, with what is usual (`now`: ms since the epoch).
 *
 * @param remindAfterMinutes as deployed; 0: no reminder
 */
export function declaredIModel(iModelId: string, remindAfterMinutes: number, now: number): IModel {
  const watchedBy = 'the settings of the deployment';
  const usual = { source: 'grouping-and-mapping', timeoutMinutes: 1_440 } as const;
  return newIModel({ iModelId, watchedBy, remindAfterMinutes, ...usual }, now);
}

/**
 * A watched iModel as somebody wants it now. With another source the watch begins anew: what one list
 * has shown says nothing about the other. The same object when there is nothing to change.
 */
export function changed(before: IModel, wanted: IModel): IModel {
  if (before.source !== wanted.source) return { ...wanted, version: before.version + 1 };
  const settings = ['label', 'timeoutMinutes', 'remindAfterMinutes', 'unusuallyLong'] as const;
  if (settings.every((name) => before[name] === wanted[name])) return before;
  return {
    ...omit(before, ...settings),
    ...pick(wanted, ...settings),
    version: before.version + 1,
  };
}

/** Whether a list that was read to its end has shown a run. */
export function hasShownRuns({ newestAt, hasUndated }: WatchedIModel): boolean {
  return newestAt !== undefined || hasUndated === true;
}

/**
 * What is wrong with the lists of an iModel, to be told now (ms since the epoch). That no list shows
 * a run for a day is told, too: upstream answers so where a role is missing.
 */
export function troubleAt(iModel: WatchedIModel, now: number): ListTrouble | undefined {
  const { trouble, since } = iModel;
  // A later version may have left a cause that there are no words for, and be rolled back to this one.
  if (trouble && !Object.hasOwn(TROUBLES, trouble.cause))
    return { ...trouble, cause: 'Unreadable' };
  if (trouble) return trouble;
  if (hasShownRuns(iModel) || now - since < EMPTY_FOR) return undefined;
  return { since: since + EMPTY_FOR, cause: 'NoRuns', message: TROUBLES.NoRuns.meaning };
}

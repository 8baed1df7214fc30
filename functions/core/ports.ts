import type { FilterPolicy } from './alerts/filters.ts';
import type { Receiver, Subscriber, Subscription } from './alerts/listeners.ts';
import type { LogsAnswer, NameAnswer, Named } from './alerts/log-digest.ts';
import type { AlertMessage } from './alerts/message.ts';
import type { IModel, WatchedIModel } from './imodels/imodel.ts';
import type { Job } from './jobs/job.ts';
import type { JobFilter } from './jobs/job-filter.ts';
import type { Answer, PendingObservation, StatusObservation } from './jobs/observation.ts';
import type { JobRef } from './kinds/kinds.ts';
import type { RunsPage } from './kinds/run-list.ts';
import type { EndedRun } from './statistics/figures.ts';
import type { GroupLengths } from './statistics/lengths.ts';
import type { MonthFigures, MonthSpan } from './statistics/months.ts';
import type { Checkpoint } from './sweeps/checkpoint.ts';
import type { PendingEntry } from './sweeps/schedule.ts';

/**
 * What the functions need of the outside world. `adapters` meets these with AWS and HTTP; whoever
 * tests the functions may meet them otherwise.
 */

/** The time, passed in so that nothing else reads a clock. */
export interface TimeSource {
  /** ms since the epoch. */
  now(): number;
  /** A signal that aborts after so many ms. */
  timeout(ms: number): AbortSignal;
}

/** One page of keys or items. `last` is absent on the final page. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Ask for the next page after this key. */
  readonly last?: string;
}

/** A place in the list of jobs by time of registration. */
export interface ListPosition {
  /** UTC month, `YYYY-MM`. */
  readonly month: string;
  /** The last key given out; absent at the beginning of the month. */
  readonly after?: string;
}

/** The jobs on record. Reads of one job are consistent; pages may lag by seconds. */
export interface JobStore {
  /** Puts a new job on record. @returns false, and nothing written, when its id is known already */
  add(job: Job): Promise<boolean>;
  get(jobId: string, signal?: AbortSignal): Promise<Job | undefined>;
  /**
   * Writes what changed between two versions of a job.
   *
   * @returns false, and nothing written, when `before.version` is no longer the one on record
   */
  update(before: Job, after: Job, signal?: AbortSignal): Promise<boolean>;
  /** What is pending, by its place, after one: jobs, and before those of a watched iModel itself. */
  pendingPage(
    after: string | undefined,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Page<PendingEntry>>;
  /** Ids of ended jobs with something owed, in key order. */
  owedPage(after: string | undefined, signal?: AbortSignal): Promise<Page<string>>;
}

/** The watched iModels. Reads of one are consistent; the list may lag by seconds. */
export interface IModelStore {
  get(iModelId: string, signal?: AbortSignal): Promise<IModel | undefined>;
  /** All of them: the API keeps them to a number that is read at once. */
  list(): Promise<readonly WatchedIModel[]>;
  /** Puts a new one on record. @returns false, and nothing written, when it is watched already */
  add(iModel: IModel): Promise<boolean>;
  /**
   * Writes what changed between two versions of an iModel.
   *
   * @returns false, and nothing written, when the one on record is another version, or another watch
   */
  update(before: IModel, after: IModel, signal?: AbortSignal): Promise<boolean>;
  /** @returns false, and nothing deleted, when the one on record is another version, or another watch */
  remove(iModel: IModel): Promise<boolean>;
}

/** The jobs on record for somebody who looks through them. */
export interface ListableJobStore extends JobStore {
  /** Jobs of one month, newest first, without their alerts and logs. */
  listPage(position: ListPosition, limit: number, filter?: JobFilter): Promise<Page<Job>>;
}

/** The runs that have ended, and the figures of months that are kept for good. */
export interface StatisticsStore {
  /**
   * Runs that ended in a span of time, oldest first: as many as one request gives. Pages may lag by seconds.
   *
   * @param limit how many at the most
   */
  endedPage(
    span: MonthSpan,
    after: string | undefined,
    limit?: number,
    signal?: AbortSignal,
  ): Promise<Page<EndedRun>>;
  /** The figures of a month, as far as they are kept. Consistent. */
  month(month: string, signal?: AbortSignal): Promise<MonthFigures | undefined>;
  /** @returns false, and nothing written, when the one on record is not the version that these were made from */
  keep(figures: MonthFigures, signal?: AbortSignal): Promise<boolean>;
}

/** How long the runs of each group took. Reads are consistent. */
export interface LengthStore {
  get(group: string, signal?: AbortSignal): Promise<GroupLengths | undefined>;
  /** @returns false, and nothing written, when the one on record is not the version that these were made from */
  put(lengths: GroupLengths, signal?: AbortSignal): Promise<boolean>;
}

/** Where the sweeps stand. */
export interface CheckpointStore {
  read(signal?: AbortSignal): Promise<Checkpoint | undefined>;
  /** @returns false, and nothing written, when the one on record is not the version that this was made from */
  write(checkpoint: Checkpoint, signal?: AbortSignal): Promise<boolean>;
}

/** Upstream's status endpoints, one for each kind of job. */
export interface StatusEndpoint {
  /**
   * Asks about one job, with one HTTP request.
   *
   * @throws DroppedConnection when a kept-alive connection was closed under the request
   * @throws the signal's reason when it aborts
   */
  ask(job: JobRef, accessToken: string, signal: AbortSignal): Promise<Answer>;
}

/** Upstream's lists of the runs of an iModel. */
export interface RunLists {
  /**
   * Asks for one page, with one HTTP request.
   *
   * @param next what the page before said to ask with; undefined: the first page
   * @throws DroppedConnection, the signal's reason when it aborts
   */
  ask(
    iModel: Pick<IModel, 'iModelId' | 'source'>,
    next: string | undefined,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<RunListAnswer>;
}

/** What a list answered. */
export type RunListAnswer =
  | ({ readonly kind: 'Page' } & RunsPage)
  | Exclude<Answer, StatusObservation | PendingObservation>;

/** Upstream's logs of runs. */
export interface LogsEndpoint {
  /**
   * Asks for one page of a run's logs, with one HTTP request.
   *
   * @param next what the page before said to ask with; undefined: the first page
   * @throws the signal's reason when it aborts
   */
  ask(
    job: JobRef,
    next: string | undefined,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<LogsAnswer>;
}

/** Upstream's names of iModels, mappings and groups. */
export interface NamesEndpoint {
  /** Asks for one name, with one HTTP request. @throws the signal's reason when it aborts */
  ask(named: Named, accessToken: string, signal: AbortSignal): Promise<NameAnswer>;
}

/** Where access tokens come from. */
export interface AccessTokens {
  /**
   * A token that is good for a while yet.
   *
   * @throws CredentialsRefused, TokenEndpointDown
   */
  current(signal: AbortSignal): Promise<string>;
  /** A new token in place of one that was refused. Throws as `current` does. */
  renew(signal: AbortSignal): Promise<string>;
  /** Tells one set of credentials from another without telling the credentials. */
  credentialsVersion(signal: AbortSignal): Promise<string>;
}

/** Where alerts go. */
export interface AlertTopic {
  /** @throws AlertRefused when the topic says that this message can never be published */
  publish(message: AlertMessage, signal?: AbortSignal): Promise<void>;
}

/** The subscriptions that were asked for over the API. Reads are consistent. */
export interface SubscriptionStore {
  /** All of them, and those that were ended within the hour. */
  list(signal?: AbortSignal): Promise<readonly Subscription[]>;
  get(subscriptionId: string): Promise<Subscription | undefined>;
  /** @returns false, and nothing written, when the one on record is not the version that this was made from */
  put(subscription: Subscription): Promise<boolean>;
  /** @returns false, and nothing deleted, when its version is no longer the one on record */
  remove(subscription: Subscription): Promise<boolean>;
}

/** The subscribers of the topic, whoever subscribed them. Their list may lag by seconds. */
export interface Subscribers {
  /** Whom the deployment subscribes. */
  readonly declared: readonly Receiver[];
  /** @throws TooManySubscribers */
  list(signal?: AbortSignal): Promise<readonly Subscriber[]>;
  /**
   * Subscribes a receiver; an address that is not confirmed is sent the mail that asks for it.
   *
   * @returns its ARN
   * @throws SubscriptionRefused
   */
  subscribe(receiver: Receiver, policy: FilterPolicy): Promise<string>;
  /**
   * Gives a subscriber, confirmed or not, another filter policy.
   *
   * @returns false when it is not there any more
   * @throws SubscriptionRefused
   */
  change(arn: string, policy: FilterPolicy): Promise<boolean>;
  /**
   * Unsubscribes who has confirmed; one that is not there any more is as good as unsubscribed.
   *
   * @returns false for one that has not confirmed: it stays, until its confirmation lapses
   */
  unsubscribe(arn: string): Promise<boolean>;
}

/** Where a sweep asks for others within its minute. */
export interface FollowUpQueue {
  /**
   * Asks for a sweep after each of so many seconds (whole ones, 1 to 60). Any may come late, twice or never.
   *
   * @param until when they must be over (ms since the epoch)
   */
  send(delays: readonly number[], until: number, signal?: AbortSignal): Promise<void>;
}

/** What goes into the log: a sentence and its facts. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

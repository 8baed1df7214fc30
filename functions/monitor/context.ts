import type { DigestSchedule } from '../core/alerts/digest-schedule.ts';
import type { Clock } from '../core/jobs/decide.ts';
import type {
  AccessTokens,
  AlertTopic,
  CheckpointStore,
  FollowUpQueue,
  IModelStore,
  JobStore,
  LengthStore,
  Log,
  LogsEndpoint,
  NamesEndpoint,
  RunLists,
  StatisticsStore,
  StatusEndpoint,
  Subscribers,
  SubscriptionStore,
  TimeSource,
} from '../core/ports.ts';
import type { SweepReport } from './metrics.ts';

/** The outside world, as a sweep needs it. */
export interface SweepPorts {
  readonly jobs: JobStore;
  readonly checkpoints: CheckpointStore;
  readonly statistics: StatisticsStore;
  readonly status: StatusEndpoint;
  readonly runLists: RunLists;
  readonly lengths: LengthStore;
  readonly iModels: Pick<IModelStore, 'get' | 'update'>;
  readonly runLogs: LogsEndpoint;
  readonly names: NamesEndpoint;
  readonly tokens: AccessTokens;
  readonly topic: AlertTopic;
  /** Where notices to the operator go. */
  readonly operators: AlertTopic & Pick<Subscribers, 'list'>;
  readonly subscriptions: Pick<SubscriptionStore, 'list'>;
  readonly subscribers: Pick<Subscribers, 'list' | 'declared'>;
  /** @default - none: there is one sweep a minute */
  readonly followUps?: FollowUpQueue;
  readonly time: TimeSource;
  readonly log: Log;
  /** In which people are told times; an IANA name. @default 'UTC' */
  readonly timeZone?: string;
  /** Where people find the page, with a slash at its end. @default - mails do not link to it */
  readonly pageUrl?: string;
}

/** What may be set about a sweep. */
export interface SweepSettings {
  /** Requests a minute, and the most that one sweep makes. */
  readonly checksPerMinute: number;
  /** Checks in flight at a time. */
  readonly concurrency: number;
  /** The least time (ms) from one sweep to the next. @default 1 minute, which leaves room for none in between */
  readonly checkEvery?: number;
  /** Whether somebody is told when a run becomes unusually long. @default true */
  readonly unusuallyLong?: boolean;
  /** @default - no digests */
  readonly digest?: DigestSchedule;
  /** How often (ms) the topic is asked who is subscribed. @default 15 minutes */
  readonly lookEvery?: number;
}

/** What every step of one sweep shares. */
export interface SweepContext extends SweepPorts {
  readonly report: SweepReport;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** Whether a sweep within the same minute has asked for this one. */
  readonly isFollowUp: boolean;
  /** Aborts everything in flight when the sweep's time is up. */
  readonly signal: AbortSignal;
  /** The two clocks that decisions are made by. */
  clock(): Clock;
}

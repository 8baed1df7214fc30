import type { Clock } from '../core/jobs/decide.ts';
import type {
  AccessTokens,
  AlertTopic,
  CheckpointStore,
  IModelStore,
  JobStore,
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
  readonly iModels: Pick<IModelStore, 'get' | 'update'>;
  readonly runLogs: LogsEndpoint;
  readonly names: NamesEndpoint;
  readonly tokens: AccessTokens;
  readonly topic: AlertTopic;
  /** Where notices to the operator go. */
  readonly operators: AlertTopic & Pick<Subscribers, 'list'>;
  readonly subscriptions: Pick<SubscriptionStore, 'list'>;
  readonly subscribers: Pick<Subscribers, 'list' | 'declared'>;
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
  /** How often (ms) the topic is asked who is subscribed. @default 15 minutes */
  readonly lookEvery?: number;
}

/** What every step of one sweep shares. */
export interface SweepContext extends SweepPorts {
  readonly report: SweepReport;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** Aborts everything in flight when the sweep's time is up. */
  readonly signal: AbortSignal;
  /** The two clocks that decisions are made by. */
  clock(): Clock;
}

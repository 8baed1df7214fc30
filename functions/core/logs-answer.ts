import type { LogEntry } from './log-digest.ts';

/** One page of a run's logs. */
export interface LogsPage {
  readonly kind: 'Page';
  readonly entries: readonly LogEntry[];
  /** Whether upstream says that there is another page. */
  readonly hasMore: boolean;
  /** What to ask for the next page with; absent when there is none, or none that may be followed. */
  readonly next?: string;
}

/** What the logs endpoint answered. */
export type LogsAnswer =
  | LogsPage
  /** The reason is a sentence of ours, without outside text. */
  | { readonly kind: 'Unreadable'; readonly reason: string }
  /** `retryAt`: ms since the epoch; no request may leave before. */
  | { readonly kind: 'RateLimited'; readonly retryAt: number };

import type { State } from './states.ts';

/** One entry of a run's logs, as far as a digest looks at it. All of it is outside text. */
export interface LogEntry {
  readonly level: string;
  readonly category: string;
  readonly message?: string;
}

/** What the logs of a run say, in short: at most 4 KB as JSON. */
export interface LogDigest {
  readonly kind: 'Digest';
  /** How many entries were read. */
  readonly entries: number;
  /** Whether there are, or may be, more entries than were read. */
  readonly isPartial: boolean;
  /** How many entries there are by level and category, the most first; of many kinds the gravest. */
  readonly counts: readonly (Pick<LogEntry, 'level' | 'category'> & { readonly count: number })[];
  /** The first distinct messages, the gravest level first. */
  readonly messages: readonly Required<LogEntry>[];
}

/** The logs could not be read when the alert had to go out. The reason is a sentence of ours. */
export interface UnreadLogs {
  readonly kind: 'Unread';
  readonly reason: string;
}

/** What came of reading a run's logs, once. */
export type RunLogs = LogDigest | UnreadLogs;

/** Whether a run ended such that its logs say why. */
export function callsForLogs(end: {
  readonly state: State;
  readonly containsIssues?: boolean;
}): boolean {
  const { state, containsIssues = false } = end;
  return state === 'Failed' || state === 'PartiallySucceeded' || containsIssues;
}

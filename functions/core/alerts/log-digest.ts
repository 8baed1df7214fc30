import type { State } from '../jobs/states.ts';
import { shortLine, withoutQueries } from '../text.ts';

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

/**
 * Whether logs tell of an issue: an entry as grave as a warning. Undefined when that cannot be told,
 * since they were not read, or what was read has none and is not all.
 */
export function issuesIn(logs: RunLogs): boolean | undefined {
  if (logs.kind === 'Unread') return undefined;
  const { counts, messages, isPartial } = logs;
  if ([...counts, ...messages].some((entry) => gravityOf(entry) <= WARNING)) return true;
  return isPartial ? undefined : false;
}

type Count = LogDigest['counts'][number];
type Message = LogDigest['messages'][number];

/** A run's logs as far as they are read, in as much memory however many entries there are. */
export interface LogSummary {
  readonly entries: number;
  /** By level and category. */
  readonly counts: ReadonlyMap<string, Count>;
  /** The first distinct messages of each gravity, the gravest first. */
  readonly messages: readonly (readonly Message[])[];
}

/** The most of a digest, in bytes of UTF-8 as JSON. */
const DIGEST_BYTES = 4_096;
/** The most of a level or a category, and of a message (bytes of UTF-8). */
const WORD_BYTES = 40;
const MESSAGE_BYTES = 400;
/** How many kinds of entries, and messages of one gravity, a summary tells apart. */
const SUMMARY_KINDS = 100;
const SUMMARY_MESSAGES = 10;
/** How many kinds of entries, and messages, a digest tells of. */
const DIGEST_KINDS = 10;
const DIGEST_MESSAGES = 10;

/** Words in a level, which no documentation lists, the gravest first. */
const GRAVITIES = [/fatal|critical|severe|error/i, /warn/i, /(?:)/];
/** Index of the gravity of warnings: whatever is graver is before them. */
const WARNING = 1;

const encoder = new TextEncoder();

/** Before anything is read. */
export const NO_ENTRIES: LogSummary = {
  entries: 0,
  counts: new Map(),
  messages: GRAVITIES.map(() => []),
};

/** A summary with one more page of entries in it. */
export function addEntries(summary: LogSummary, entries: readonly LogEntry[]): LogSummary {
  const counts = new Map(summary.counts);
  const messages = summary.messages.map((ofGravity) => [...ofGravity]);
  for (const entry of entries) {
    const kind = { level: word(entry.level), category: word(entry.category) };
    const key = `${kind.level}\n${kind.category}`;
    const { count } = counts.get(key) ?? { count: 0 };
    if (count > 0 || counts.size < SUMMARY_KINDS) counts.set(key, { ...kind, count: count + 1 });

    const alike = messages[gravityOf(kind)] ?? [];
    const message = shortLine(withoutQueries(entry.message ?? ''), MESSAGE_BYTES);
    const isNews = message !== '' && !alike.some((known) => known.message === message);
    if (isNews && alike.length < SUMMARY_MESSAGES) alike.push({ ...kind, message });
  }
  return { entries: summary.entries + entries.length, counts, messages };
}

/**
 * The digest of what is read: at most 4 KB as JSON.
 *
 * @param isPartial whether there are, or may be, more entries
 */
export function digestOf(summary: LogSummary, isPartial: boolean): LogDigest {
  const bareDigest: LogDigest = {
    kind: 'Digest',
    entries: summary.entries,
    isPartial,
    counts: [...summary.counts.values()]
      .toSorted((a, b) => gravityOf(a) - gravityOf(b) || b.count - a.count)
      .slice(0, DIGEST_KINDS)
      .toSorted((a, b) => b.count - a.count),
    messages: [],
  };
  return summary.messages.flat().slice(0, DIGEST_MESSAGES).reduce(withMessageIfItFits, bareDigest);
}

function withMessageIfItFits(digest: LogDigest, message: Message): LogDigest {
  const longer = { ...digest, messages: [...digest.messages, message] };
  return encoder.encode(JSON.stringify(longer)).length <= DIGEST_BYTES ? longer : digest;
}

/** Something of upstream's that has a name. Its ids are UUIDs. */
export type Named =
  | { readonly kind: 'iModel' | 'mapping'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly mappingId: string };

/** How messages name a mapping or a group [iTwin/viewer-components-react#669]. */
const ID = /\b(Mapping|Group)Id: ([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b/gi;
/** The most of a name (bytes of UTF-8). */
const NAME_BYTES = 80;

/** What the messages of a digest name by its id, each once, in their order. */
export function namedIn(logs: RunLogs): Named[] {
  if (logs.kind === 'Unread') return [];
  const found = new Map<string, Named>();
  for (const { message } of logs.messages) {
    let mappingId: string | undefined;
    for (const [, what, id = ''] of message.matchAll(ID)) {
      if (what?.toLowerCase() === 'mapping') {
        mappingId = id;
        found.set(id, { kind: 'mapping', id });
      } else if (mappingId !== undefined) found.set(id, { kind: 'group', id, mappingId });
    }
  }
  return [...found.values()];
}

/** A digest whose messages say names, each with its id behind: at most 4 KB as JSON still. */
export function withNames(logs: RunLogs, names: ReadonlyMap<string, string>): RunLogs {
  if (logs.kind === 'Unread' || names.size === 0) return logs;
  const named = logs.messages.map(({ message, ...kind }) => ({
    ...kind,
    message: message.replace(ID, (whole, what, id) => {
      const name = shortLine(names.get(id) ?? '', NAME_BYTES);
      return name === '' ? whole : `${what}: ${name} (${id})`;
    }),
  }));
  return named.reduce(withMessageIfItFits, { ...logs, messages: [] });
}

/** Index of the gravity that a level speaks of. */
function gravityOf({ level }: Pick<LogEntry, 'level'>): number {
  return GRAVITIES.findIndex((words) => words.test(level));
}

function word(text: string): string {
  return shortLine(text, WORD_BYTES) || 'Unknown';
}

/** One page of a run's logs. */
export interface LogsPage {
  readonly kind: 'Page';
  readonly entries: readonly LogEntry[];
  /** Whether upstream says that there is another page. */
  readonly hasMore: boolean;
  /** What to ask for the next page with; absent when there is none, or none that may be followed. */
  readonly next?: string;
}

/** What upstream calls something: outside text. */
export interface NameTold {
  readonly kind: 'Name';
  readonly name: string;
}

/** No logs, or no name. */
export type Refusal =
  /** The reason is a sentence of ours, without outside text. */
  | { readonly kind: 'Unreadable'; readonly reason: string }
  /** `retryAt`: ms since the epoch; no request may leave before. */
  | {
      readonly kind: 'RateLimited';
      readonly retryAt: number;
      readonly cause?: 'QuotaUsedUp';
    };

/** What the logs endpoint answered. */
export type LogsAnswer = LogsPage | Refusal;

/** What upstream answered when it was asked for a name. */
export type NameAnswer = NameTold | Refusal;

import type { LogDigest, LogEntry } from './log-digest.ts';
import { shortLine } from './text.ts';

type Count = LogDigest['counts'][number];
type Message = LogDigest['messages'][number];

/** A run's logs as far as they are read, in as much memory however many entries there are. */
export interface LogTally {
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
/** How many kinds of entries, and messages of one gravity, a tally tells apart. */
const TALLY_KINDS = 100;
const TALLY_MESSAGES = 10;
/** How many kinds of entries, and messages, a digest tells of. */
const DIGEST_KINDS = 10;
const DIGEST_MESSAGES = 10;

/** Words in a level, which no documentation lists, the gravest first. */
const GRAVITIES = [/fatal|critical|severe|error/i, /warn/i, /(?:)/];

const encoder = new TextEncoder();

/** Before anything is read. */
export const NO_ENTRIES: LogTally = {
  entries: 0,
  counts: new Map(),
  messages: GRAVITIES.map(() => []),
};

/** A tally with one more page of entries in it. */
export function addEntries(tally: LogTally, entries: readonly LogEntry[]): LogTally {
  const counts = new Map(tally.counts);
  const messages = tally.messages.map((ofGravity) => [...ofGravity]);
  for (const entry of entries) {
    const kind = { level: word(entry.level), category: word(entry.category) };
    const key = `${kind.level}\n${kind.category}`;
    const { count } = counts.get(key) ?? { count: 0 };
    if (count > 0 || counts.size < TALLY_KINDS) counts.set(key, { ...kind, count: count + 1 });

    const alike = messages[gravityOf(kind)] ?? [];
    const message = shortLine(entry.message ?? '', MESSAGE_BYTES);
    const isNews = message !== '' && !alike.some((known) => known.message === message);
    if (isNews && alike.length < TALLY_MESSAGES) alike.push({ ...kind, message });
  }
  return { entries: tally.entries + entries.length, counts, messages };
}

/**
 * The digest of what is read: at most 4 KB as JSON.
 *
 * @param isPartial whether there are, or may be, more entries
 */
export function digestOf(tally: LogTally, isPartial: boolean): LogDigest {
  const bareDigest: LogDigest = {
    kind: 'Digest',
    entries: tally.entries,
    isPartial,
    counts: [...tally.counts.values()]
      .toSorted((a, b) => gravityOf(a) - gravityOf(b) || b.count - a.count)
      .slice(0, DIGEST_KINDS)
      .toSorted((a, b) => b.count - a.count),
    messages: [],
  };
  return tally.messages.flat().slice(0, DIGEST_MESSAGES).reduce(withMessageIfItFits, bareDigest);
}

function withMessageIfItFits(digest: LogDigest, message: Message): LogDigest {
  const longer = { ...digest, messages: [...digest.messages, message] };
  return encoder.encode(JSON.stringify(longer)).length <= DIGEST_BYTES ? longer : digest;
}

/** Index of the gravity that a level speaks of. */
function gravityOf({ level }: Pick<LogEntry, 'level'>): number {
  return GRAVITIES.findIndex((words) => words.test(level));
}

function word(text: string): string {
  return shortLine(text, WORD_BYTES) || 'Unknown';
}

import { cut, oneLine } from '../../text.ts';
import type { Alert } from '../alert.ts';
import type { LogDigest } from '../log-digest.ts';
import { quote } from './lines.ts';

/** A mail shows the gist; all of the digest is in `GET /jobs/{jobId}`. */
const SHOWN_COUNTS = 6;
const SHOWN_MESSAGES = 5;
const MESSAGE_LENGTH = 300;

/** The section of a mail that says how much there is in the logs, or why they could not be read. */
export function logCounts({ logs }: Alert): string[] {
  if (logs === undefined) return [];
  if (logs.kind === 'Unread') return ['Its logs could not be read', ...quote(logs.reason)];
  const { entries, isPartial, counts } = logs;
  if (entries === 0) return ['Its logs had no entries when they were read'];
  const scope = `${isPartial ? 'the first ' : ''}${formatted(entries)} ${entries === 1 ? 'entry' : 'entries'}`;
  return [
    `What its logs say (${scope})`,
    ...counts
      .slice(0, SHOWN_COUNTS)
      .flatMap(({ count, ...kind }) => quote(`${formatted(count)} x ${kindOf(kind)}`)),
    ...more(counts.length - SHOWN_COUNTS, 'kinds of entries'),
  ];
}

/** The section that says what is in them. */
export function logMessages({ logs }: Alert): string[] {
  if (logs?.kind !== 'Digest' || logs.messages.length === 0) return [];
  const { messages } = logs;
  return [
    'First messages, the gravest first',
    ...messages.slice(0, SHOWN_MESSAGES).flatMap(messageLines),
    ...more(messages.length - SHOWN_MESSAGES, 'messages'),
  ];
}

function messageLines({ message, ...kind }: LogDigest['messages'][number]): string[] {
  return quote(`${kindOf(kind)}: ${cut(oneLine(message), MESSAGE_LENGTH)}`, '  ');
}

function kindOf({ level, category }: Omit<LogDigest['counts'][number], 'count'>): string {
  return `${level} (${category})`;
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`  (${count} more ${what})`] : [];
}

function formatted(count: number): string {
  return count.toLocaleString('en');
}

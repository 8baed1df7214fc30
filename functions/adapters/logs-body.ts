import type { LogEntry } from '../core/log-digest.ts';
import type { LogsPage } from '../core/logs-answer.ts';
import { fieldsOf } from './json.ts';

/**
 * One page of logs. `logs` must be a list; whatever is missing in it or is no text, is not told.
 *
 * Source: `GET …/extraction/status/{jobId}/logs` of the Reporting API, as public clients read it.
 *
 * @param asked where the page is from
 * @returns undefined when there is no list of logs
 */
export function parseLogs(document: unknown, asked: URL): LogsPage | undefined {
  const { logs, _links } = fieldsOf(document);
  if (!Array.isArray(logs)) return undefined;
  return { kind: 'Page', entries: logs.map(entryOf), ...nextOf(_links, asked) };
}

function entryOf(entry: unknown): LogEntry {
  const { level, category, message } = fieldsOf(entry);
  return {
    level: textOf(level),
    category: textOf(category),
    ...(typeof message === 'string' && { message }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Only the query of a link is ever taken over, and only when the rest of it is where the page is
 * from: no answer can send a request, and the token with it, anywhere else.
 */
function nextOf(links: unknown, asked: URL): Pick<LogsPage, 'hasMore' | 'next'> {
  const { href } = fieldsOf(fieldsOf(links).next);
  if (href === undefined || href === null) return { hasMore: false };
  const url = typeof href === 'string' ? URL.parse(href, asked.href) : null;
  const isHere = url?.origin === asked.origin && url.pathname === asked.pathname;
  return { hasMore: true, ...(isHere && { next: url.search }) };
}

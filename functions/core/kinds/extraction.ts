import type { LogEntry, LogsPage } from '../alerts/log-digest.ts';
import { fieldsOf } from '../objects.ts';
import type { Kind } from './kind.ts';

/** What the two extraction APIs have in common. */
export const EXTRACTION = {
  texts: {
    title: 'extraction run',
    again: 'run the extraction again, and register the new run',
    idGiven: 'the run was started (run.id)',
    history: 'the extraction history of its iModel',
    access: 'imodels_read',
    success: 'The data can be used.',
    partialSuccess: 'Some of the data is missing',
  },
  states: {
    pending: ['Queued', 'Running'],
    ends: {
      Succeeded: 'Succeeded',
      PartiallySucceeded: 'PartiallySucceeded',
      Failed: 'Failed',
    },
  },
} as const satisfies Pick<Kind, 'texts' | 'states'>;

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

/** The longest query of a link that is followed: it may be kept with the iModel from sweep to sweep. */
const MAX_QUERY = 2_000;

/**
 * Only the query of a link is ever taken over, and only when the rest of it is where the page is
 * from: no answer can send a request, and the token with it, anywhere else. Upstream writes such links
 * with a slash before the query, and may spell the id in another case.
 */
export function nextOf(links: unknown, asked: URL): Pick<LogsPage, 'hasMore' | 'next'> {
  const { href } = fieldsOf(fieldsOf(links).next);
  if (href === undefined || href === null) return { hasMore: false };
  const url = typeof href === 'string' ? URL.parse(href, asked.href) : null;
  const isHere = url?.origin === asked.origin && samePath(url) === samePath(asked);
  const isKept = isHere && url.search.length <= MAX_QUERY;
  return { hasMore: true, ...(isKept && { next: url.search }) };
}

function samePath({ pathname }: URL): string {
  return pathname.replace(/\/$/, '').toLowerCase();
}

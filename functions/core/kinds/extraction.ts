import type { LogEntry, LogsPage } from '../alerts/log-digest.ts';
import { fieldsOf } from '../objects.ts';
import { type Kind, UUID } from './kind.ts';
import { oneWord } from './run-body.ts';

/** What the two extraction APIs have in common. */
const EXTRACTION = {
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
 * A run of the Reporting API, as its page documents it:
 * https://developer.bentley.com/apis/insights/operations/get-extraction-status/.
 *
 * Samples of the status have UUIDs; the sample of a started run has an id of 25 and 31 small letters and
 * digits, and links of an older path are still pasted [iTwin/insights-client, before v0.7.0].
 */
export const REPORTING_EXTRACTION: Kind = {
  ...EXTRACTION,
  api: 'reporting',
  statusPaths: [
    '/insights/reporting/datasources/extraction/status/{id}',
    '/insights/reporting/datasources/imodels/{iModelId}/extraction/status/{id}',
  ],
  idForms: [UUID, /^[a-z0-9]{25}-[a-z0-9]{31}$/],
  acceptVersion: 1,
  wrapper: 'status',
  read: oneWord({ state: 'state', reason: 'reason', containsIssues: 'containsIssues' }),
  logs: { aloneTellIssues: false, parse: parseLogs },
};

/**
 * A run of the Grouping and Mapping API: the words of Reporting and `PartiallySucceeded`, no reason, no
 * `containsIssues`, and when it began [iTwin/insights-client, src/grouping-and-mapping].
 */
export const GROUPING_AND_MAPPING_EXTRACTION: Kind = {
  ...EXTRACTION,
  api: 'grouping-and-mapping',
  statusPaths: ['/grouping-and-mapping/datasources/imodel-mappings/extractions/{id}'],
  idForms: [UUID],
  acceptVersion: 1,
  wrapper: 'extraction',
  read: oneWord({
    state: 'state',
    reason: 'reason',
    containsIssues: 'containsIssues',
    startedAt: 'startedOn',
  }),
  logs: { aloneTellIssues: true, parse: parseLogs },
};

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
 * from: no answer can send a request, and the token with it, anywhere else. Upstream writes such links
 * with a slash before the query, and may spell the id in another case.
 */
export function nextOf(links: unknown, asked: URL): Pick<LogsPage, 'hasMore' | 'next'> {
  const { href } = fieldsOf(fieldsOf(links).next);
  if (href === undefined || href === null) return { hasMore: false };
  const url = typeof href === 'string' ? URL.parse(href, asked.href) : null;
  const isHere = url?.origin === asked.origin && samePath(url) === samePath(asked);
  return { hasMore: true, ...(isHere && { next: url.search }) };
}

function samePath({ pathname }: URL): string {
  return pathname.replace(/\/$/, '').toLowerCase();
}

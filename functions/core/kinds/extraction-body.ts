import type { LogEntry, LogsPage } from '../alerts/log-digest.ts';
import type { FailedObservation, StatusObservation } from '../jobs/observation.ts';
import { stateFromUpstream } from '../jobs/states.ts';
import { fieldsOf, parseJson } from '../objects.ts';
import { storedText } from '../text.ts';

/** How the two extraction APIs tell of a run: the same fields, in an object of another name. */
export interface ExtractionBody {
  /** The field that holds the run: `status`, or `extraction`. */
  readonly wrapper: string;
  /** When the run was started, where the API tells: a field of ISO times. */
  readonly startedAt?: string;
}

/**
 * What a 200 about a run says. The state alone decides: the other documented fields may be absent, and
 * one of another type than documented is left out, so that nothing beside the state can hide an end.
 * Unknown fields are of no account.
 *
 * @param body undefined when it was too long to be read
 * @param api where the API is: a link to anywhere else is dropped
 */
export function parseExtraction(
  { wrapper, startedAt }: ExtractionBody,
  body: string | undefined,
  api: URL,
): StatusObservation | FailedObservation {
  if (body === undefined) return unexpected('more than 64 KiB');
  const document = parseJson(body);
  if (document === undefined) return unexpected('something that is not JSON');
  return readRun(
    fieldsOf(fieldsOf(document)[wrapper]),
    { wrapper, ...(startedAt && { startedAt }) },
    api,
  );
}

/** The same of a run that is an entry of a list. */
export function readRun(
  run: Readonly<Record<string, unknown>>,
  { wrapper, startedAt }: ExtractionBody,
  api: URL,
): StatusObservation | FailedObservation {
  const { state: word, reason, containsIssues, _links } = run;
  if (typeof word !== 'string') return unexpected(`no text in ${wrapper}.state`);
  const state = stateFromUpstream(word);
  if (state === undefined) return unexpected(`a ${wrapper}.state that is no word`);

  const logsUrl = logsUrlOf(_links, api);
  const started = startedAt === undefined ? undefined : timeOf(run[startedAt]);
  const leftOut = [
    isOfType(reason, 'string') ? [] : ['reason'],
    isOfType(containsIssues, 'boolean') ? [] : ['containsIssues'],
  ].flat();
  return {
    kind: 'Status',
    state,
    ...(typeof reason === 'string' && { reason: storedText(reason) }),
    ...(typeof containsIssues === 'boolean' && { containsIssues }),
    ...(logsUrl !== undefined && { logsUrl }),
    ...(started !== undefined && { startedAt: started }),
    ...(leftOut.length > 0 && { leftOut }),
  };
}

/** A time as upstream writes it, with an offset and up to seven digits of a second (ms since the epoch). */
export function timeOf(value: unknown): number | undefined {
  const time =
    typeof value === 'string' ? Date.parse(value.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Whether an optional field is absent, null, or of the type that is documented. */
function isOfType(value: unknown, type: 'string' | 'boolean'): boolean {
  return value === undefined || value === null || typeof value === type;
}

/** A path that every parser leaves as it is. */
const PLAIN_PATH = /^(?:\/[\w-][\w.-]*)+$/;

/** The link to the logs in its normalized spelling, which every URL parser reads alike. */
function logsUrlOf(links: unknown, api: URL): string | undefined {
  const { href } = fieldsOf(fieldsOf(links).logs);
  if (typeof href !== 'string') return undefined;
  // What every answer has is seen without a parser, which takes as long as all the rest.
  if (href.startsWith(api.origin) && PLAIN_PATH.test(href.slice(api.origin.length))) {
    return storedText(href) === href ? href : undefined;
  }
  const url = URL.parse(href);
  if (url === null || url.host !== api.host || url.username !== '' || url.password !== '') {
    return undefined;
  }
  if (url.protocol !== 'https:' && url.protocol !== api.protocol) return undefined;
  return storedText(url.href) === url.href ? url.href : undefined;
}

/** Nothing of the answer is repeated: whatever upstream echoes, a token included, goes no further. */
function unexpected(what: string): FailedObservation {
  const message = `The status endpoint answered 200 with ${what}.`;
  return { kind: 'Failed', error: { name: 'UnexpectedResponse', message } };
}

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

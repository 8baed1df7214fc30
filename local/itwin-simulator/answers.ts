/**
 * The answers about a run: its status and its logs. Sources:
 * - https://developer.bentley.com/apis/insights/operations/get-extraction-status/
 * - https://developer.bentley.com/apis/insights/operations/get-extraction-logs/
 * - iTwin/insights-client, `src/reporting/openapi/reporting.json` of its history: links and dates
 */
import { changed, json, type Reply } from './replies.ts';
import type { LogEntry, StatusAnswer, StrangePages } from './script.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 1000;
const SIMULATED_IMODEL_ID = '5e19bee0-8aea-4355-a5c7-f6cb28f5a1c7';

/** Path of a run's status. */
export function statusPath(jobId: string): string {
  return `/insights/reporting/datasources/extraction/status/${jobId}`;
}

/** 200 with the status of a run. A reason that is not given is left out of the body. */
export function extractionStatus(answer: StatusAnswer, logsHref: string): Reply {
  const { state, reason, containsIssues = false } = answer;
  const status = { state, reason, containsIssues, _links: { logs: { href: logsHref } } };
  return json(200, { status: changed(status, answer) });
}

/** The log of one run, as the step that is due tells it. */
type RunLog = {
  readonly jobId: string;
  readonly answer: StatusAnswer;
  readonly logs: readonly LogEntry[] | StrangePages;
  /** When the step began, ms since the epoch: the time of entries that name none. */
  readonly since: number;
};

/**
 * One page of a run's log, or undefined when `$top` is not 1 to 1000 or `$continuationToken` is
 * not one of ours.
 */
export function logsPage(log: RunLog, query: URLSearchParams, origin: string): Reply | undefined {
  const top = Number(query.get('$top') ?? DEFAULT_TOP);
  const start = Number(query.get('$continuationToken') ?? 0);
  if (!isWholeBetween(top, 1, MAX_TOP) || !isWholeBetween(start, 0, lastStart(log))) {
    return undefined;
  }
  const hrefOf = (from: number) =>
    `${origin}${pathOf(log)}?$top=${top}${from > 0 ? `&$continuationToken=${from}` : ''}`;
  const { entries, next } = pageOf(log, start, top);
  const href = typeof next === 'number' ? hrefOf(next) : next;
  return json(200, {
    logs: entries.map((entry) => completed(entry, log)),
    _links: { ...(href !== undefined && { next: { href } }), self: { href: hrefOf(start) } },
  });
}

/** The links of upstream have a slash before their query, and another case than was asked for. */
function pathOf({ jobId, logs }: RunLog): string {
  const isPlain = 'pages' in logs && logs.links === 'plain';
  return isPlain ? `${statusPath(jobId)}/logs` : `${statusPath(jobId.toUpperCase())}/logs/`;
}

/** The entries of a page, and where the next one begins, or what the link to it says. */
function pageOf({ logs }: RunLog, start: number, top: number) {
  const end = start + top;
  if (!('kind' in logs)) {
    return { entries: logs.slice(start, end), next: end < logs.length ? end : undefined };
  }
  switch (logs.kind) {
    case 'pagedLogs': {
      const next = start + 1 < logs.pages.length ? start + 1 : undefined;
      return { entries: logs.pages[start] ?? [], next };
    }
    case 'endlessLogs':
      return { entries: logs.logs, next: end };
    case 'strayLogs':
      return { entries: logs.logs, next: logs.next };
  }
}

function lastStart({ logs }: RunLog): number {
  if (!('kind' in logs)) return logs.length;
  return logs.kind === 'pagedLogs' ? logs.pages.length - 1 : Number.POSITIVE_INFINITY;
}

function completed(entry: LogEntry, { jobId, answer, since }: RunLog) {
  const { state, reason = null, containsIssues = false } = answer;
  return {
    state,
    reason,
    dateTime: new Date(since).toISOString().replace('Z', '0000+00:00'),
    jobId,
    contextType: 'IModel',
    contextId: SIMULATED_IMODEL_ID,
    level: 'Information',
    category: 'Unknown',
    message: null,
    containsIssues,
    ...entry,
  };
}

function isWholeBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

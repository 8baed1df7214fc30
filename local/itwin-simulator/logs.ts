import { statusPath } from './answers.ts';
import { json, type Reply } from './reply.ts';
import type { LogEntry, StatusAnswer } from './script.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 1000;
const SIMULATED_IMODEL_ID = '5e19bee0-8aea-4355-a5c7-f6cb28f5a1c7';

/** The log of one run, as the step that is due tells it. */
type RunLog = {
  readonly jobId: string;
  readonly answer: StatusAnswer;
  /** When the step began, ms since the epoch: the time of entries that name none. */
  readonly since: number;
};

/**
 * One page of a run's log, or undefined when `$top` is not 1 to 1000 or `$continuationToken` is
 * not one of ours.
 *
 * Source: https://developer.bentley.com/apis/insights/operations/get-extraction-logs/ and the
 * public insights-client of iTwin.
 */
export function logsPage(log: RunLog, query: URLSearchParams, origin: string): Reply | undefined {
  const top = Number(query.get('$top') ?? DEFAULT_TOP);
  const start = Number(query.get('$continuationToken') ?? 0);
  const entries = log.answer.logs ?? [];
  if (!isWholeBetween(top, 1, MAX_TOP) || !isWholeBetween(start, 0, entries.length)) {
    return undefined;
  }
  const link = (from: number) => ({
    href: `${origin}${statusPath(log.jobId)}/logs?$top=${top}&$continuationToken=${from}`,
  });
  const next = start + top;
  return json(200, {
    logs: entries.slice(start, next).map((entry) => completed(entry, log)),
    _links: { ...(next < entries.length && { next: link(next) }), self: link(start) },
  });
}

function completed(entry: LogEntry, { jobId, answer, since }: RunLog) {
  const { state, reason = null, containsIssues = false } = answer;
  return {
    state,
    reason,
    dateTime: new Date(since).toISOString(),
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

import { alertId } from '../../core/alerts/alert.ts';
import type { RunLogs } from '../../core/alerts/log-digest.ts';
import {
  hadEndedWhenFirstSeen,
  type Job,
  type Missing,
  runningSince,
  type UsualLength,
} from '../../core/jobs/job.ts';
import { isTerminal } from '../../core/jobs/states.ts';
import { DEFAULT_KIND } from '../../core/kinds/kinds.ts';
import { isUnusuallyShort, probableEnd } from '../../core/statistics/lengths.ts';
import { isoTime, SECOND } from '../../core/time.ts';
import type { JobSummary, JobView } from '../openapi/schemas/jobs.ts';

/**
 * The facts about a job that callers get to see in every place, lists included. Times are ISO 8601
 * UTC. Every field is always there: what is not on record is null, or 0 where it is a count.
 */
export function jobSummary(job: Job): JobSummary {
  const { jobId, label, state, reason, containsIssues, logsUrl, missing, lastError } = job;
  return {
    jobId,
    kind: job.kind ?? DEFAULT_KIND,
    connectionId: job.connectionId ?? null,
    connectionType: job.connectionType ?? null,
    iModelId: job.iModelId ?? null,
    iModelName: job.iModelName ?? null,
    label: label ?? null,
    state,
    reason: reason ?? null,
    containsIssues: containsIssues ?? null,
    logsUrl: logsUrl ?? null,
    startedAt: isoTimeOrNull(job.startedAt),
    runningAt: isoTimeOrNull(runningSince(job)),
    registeredAt: isoTime(job.registeredAt),
    registeredBy: job.registeredBy,
    cancelledBy: job.cancelledBy ?? null,
    timeoutAt: isoTime(job.timeoutAt),
    remindAt: isoTimeOrNull(job.remindAt),
    remindedAt: isoTimeOrNull(job.remindedAt),
    endedAt: isoTimeOrNull(job.endedAt),
    usualLength: job.usual ? usualView(job.usual) : null,
    probablyUntil: isoTimeOrNull(probableEnd(job)),
    unusual: unusualLength(job) ?? null,
    missing: missing ? missingView(missing) : null,
    failedChecks: job.failedChecks ?? 0,
    lastError: lastError ? { ...lastError, at: isoTime(lastError.at) } : null,
    version: job.version,
  };
}

/** A job with its history, by the same rules. */
export function jobView(job: Job): JobView {
  return {
    ...jobSummary(job),
    endedBeforeFirstSeen: hadEndedWhenFirstSeen(job),
    transitions: job.transitions.map(({ from, to, at, reason }) => ({
      from,
      to,
      at: isoTime(at),
      reason: reason ?? null,
    })),
    transitionsDropped: job.transitionsDropped ?? 0,
    logs: job.logs ? logsView(job.logs) : null,
    isTest: job.isTest ?? false,
    alert: endAlert(job),
    alerts: (job.alerts ?? []).map(({ id, kind, at }) => ({ id, kind, at: isoTime(at) })),
  };
}

/** A point in time (ms since the epoch) as ISO 8601 UTC, or null where there is none. */
export function isoTimeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoTime(ms);
}

function usualView({ runs, median, p90 }: UsualLength): JobSummary['usualLength'] {
  return { runs, p50Seconds: median / SECOND, p90Seconds: p90 / SECOND };
}

/** Whether the run was found to be of an unusual length: long by its reminder, or short by its end. */
function unusualLength(job: Job): JobSummary['unusual'] | undefined {
  const { endedAt, remindedAt, remindCause } = job;
  if (endedAt !== undefined && isUnusuallyShort(job, endedAt)) return 'Short';
  return remindCause && remindedAt !== undefined ? 'Long' : undefined;
}

function missingView({ since, count, status }: Missing): JobSummary['missing'] {
  return { since: isoTime(since), count, status: status ?? null };
}

function logsView(logs: RunLogs): JobView['logs'] {
  return logs.kind === 'Unread'
    ? logs
    : { ...logs, counts: [...logs.counts], messages: [...logs.messages] };
}

/** Where the alert for the job's end stands; null while there is no end, or none that owes one. */
function endAlert(job: Job): JobView['alert'] {
  const end = job.transitions.at(-1);
  if (end === undefined || !isTerminal(job.state)) return null;
  const id = alertId(job, end.version);
  if (job.owed?.[id] !== undefined) return { id, status: 'Owed', sentAt: null };
  const sent = job.alerts?.find((alert) => alert.id === id);
  return sent ? { id, status: 'Sent', sentAt: isoTime(sent.at) } : null;
}

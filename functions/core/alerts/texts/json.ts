import { hadEndedWhenFirstSeen } from '../../jobs/job.ts';
import { cut, oneLine } from '../../text.ts';
import { isoTime } from '../../time.ts';
import type { Alert } from '../alert.ts';
import type { RunLogs } from '../log-digest.ts';

/** The most characters of a text from upstream: as much as is on record of one. */
const TEXT_LENGTH = 1_024;
/** Of a transition's reason: a hundred of them have to fit in. The whole is in `GET /jobs/{jobId}`. */
const TRANSITION_REASON_LENGTH = 120;

/**
 * An alert as `docs/alert.schema.json` describes it. Every field is always there. Texts from upstream
 * are on one line; the label is as it was registered.
 */
export function machineReadable(alert: Alert, isBare: boolean): object {
  const { id, kind, jobId, jobKind, label, state, reason, missing, containsIssues, logsUrl, logs } =
    alert;
  return {
    version: 1,
    id,
    kind,
    test: alert.isTest ?? false,
    bare: isBare,
    jobId,
    jobKind,
    connectionId: alert.connectionId ?? null,
    connectionType: alert.connectionType ?? null,
    iModelId: alert.iModelId ?? null,
    iModelName: textOrNull(alert.iModelName),
    label: label ?? null,
    state,
    reason: textOrNull(reason),
    containsIssues: containsIssues ?? null,
    registeredAt: isoTime(alert.registeredAt),
    timeoutAt: isoTime(alert.timeoutAt),
    startedAt: alert.startedAt === undefined ? null : isoTime(alert.startedAt),
    at: isoTime(alert.at),
    endedBeforeFirstSeen: hadEndedWhenFirstSeen(alert),
    missing: missing ? { status: missing.status ?? null, since: isoTime(missing.since) } : null,
    logsUrl: logsUrl ?? null,
    logs: logs ? logsView(logs) : null,
    transitions: alert.transitions.map(({ from, to, at, reason: why }) => ({
      from,
      to,
      at: isoTime(at),
      reason: textOrNull(why, TRANSITION_REASON_LENGTH),
    })),
    transitionsDropped: alert.transitionsDropped ?? 0,
  };
}

function logsView(logs: RunLogs): RunLogs {
  if (logs.kind === 'Unread') return { kind: 'Unread', reason: text(logs.reason) };
  const { kind, entries, isPartial, counts, messages } = logs;
  return {
    kind,
    entries,
    isPartial,
    counts: counts.map(({ level, category, count }) => ({
      level: text(level),
      category: text(category),
      count,
    })),
    messages: messages.map(({ level, category, message }) => ({
      level: text(level),
      category: text(category),
      message: text(message),
    })),
  };
}

function textOrNull(outside: string | undefined, length?: number): string | null {
  return outside === undefined ? null : text(outside, length);
}

function text(outside: string, length = TEXT_LENGTH): string {
  return cut(oneLine(outside), length);
}

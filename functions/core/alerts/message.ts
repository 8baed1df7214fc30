import { hadEndedWhenFirstSeen, type UsualLength } from '../jobs/job.ts';
import { omit } from '../objects.ts';
import { cut, oneLine } from '../text.ts';
import { isoTime, SECOND } from '../time.ts';
import { type Alert, issuesOf, unusualLength } from './alert.ts';
import type { RunLogs } from './log-digest.ts';
import { sms, subject } from './texts/headline.ts';
import { email } from './texts/mail.ts';

/** One alert in the words of each kind of receiver, as the topic is given it. */
export interface AlertMessage {
  /** Printable ASCII, at most 100 characters. */
  readonly subject: string;
  /** For a person: plain text. */
  readonly email: string;
  /** For a phone: at most 160 characters of the GSM 7 bit default alphabet. */
  readonly sms: string;
  /** For a machine: JSON that fits `docs/alert.schema.json`. */
  readonly default: string;
  /** What filter policies look at. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The words of an alert. `docs/alerts.md` shows them as they arrive. */
export function alertMessage(alert: Alert): AlertMessage {
  return messageOf(alert, false);
}

/**
 * The same alert without a word that came from outside, for a topic that refuses the full one as
 * invalid: nothing can poison an alert.
 */
export function bareAlertMessage(alert: Alert): AlertMessage {
  return messageOf(withoutOutsideTexts(alert), true);
}

function messageOf(alert: Alert, isBare: boolean): AlertMessage {
  const { kind, state, jobKind, iModelId, label } = alert;
  return {
    subject: subject(alert),
    email: email(alert, isBare),
    sms: sms(alert),
    default: JSON.stringify(machineReadable(alert, isBare)),
    attributes: {
      state: kind === 'StillRunning' ? kind : state,
      containsIssues: issuesOf(alert),
      jobKind,
      ...(iModelId !== undefined && { iModelId }),
      ...(label !== undefined && { label }),
    },
  };
}

/** The words of states are no texts: each is a single plain word. Times of upstream may be any. */
function withoutOutsideTexts(alert: Alert): Alert {
  return {
    ...omit(alert, 'label', 'iModelName', 'reason', 'logsUrl', 'logs', 'startedAt', 'usual'),
    transitions: alert.transitions.map((transition) => omit(transition, 'reason')),
  };
}

/** The most characters of a text from upstream: as much as is on record of one. */
const TEXT_LENGTH = 1_024;
/** Of a transition's reason: a hundred of them have to fit in. The whole is in `GET /jobs/{jobId}`. */
const TRANSITION_REASON_LENGTH = 120;

/**
 * An alert as `docs/alert.schema.json` describes it. Every field is always there. Texts from upstream
 * are on one line; the label is as it was registered.
 */
function machineReadable(alert: Alert, isBare: boolean): object {
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
    usualLength: alert.usual ? usualView(alert.usual) : null,
    unusual: unusualLength(alert) ?? null,
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

function usualView({ runs, median, p90 }: UsualLength) {
  return { runs, p50Seconds: median / SECOND, p90Seconds: p90 / SECOND };
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

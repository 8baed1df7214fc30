import type { Alert } from './alert.ts';
import { formatDuration, isoTime } from './durations.ts';
import { asciiLine, oneLine } from './text.ts';

/** One alert in the words of each kind of receiver, as the topic is given it. */
export interface AlertMessage {
  /** Printable ASCII, at most 100 characters. */
  readonly subject: string;
  /** For a person. */
  readonly email: string;
  /** For a phone: at most 160 characters of the GSM-7 basic set. */
  readonly sms: string;
  /** For a machine: JSON. */
  readonly default: string;
  /** What filter policies look at. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** SNS takes subjects of at most 100 characters [SNS API reference, Publish]. */
const SUBJECT_LENGTH = 100;
/** One SMS holds 160 GSM-7 characters [3GPP TS 23.038]. */
const SMS_LENGTH = 160;
/** Enough of a transition's reason to recognise it; the whole of it is in `GET /jobs/{jobId}`. */
const TIMELINE_REASON_LENGTH = 120;

/** The words of an alert. Outside texts stay on one line, so none can pass for a line of ours. */
export function alertMessage(alert: Alert): AlertMessage {
  return {
    subject: asciiLine(`${outcome(alert)}: ${nameOf(alert)}`, SUBJECT_LENGTH),
    email: email(alert),
    sms: sms(alert),
    default: JSON.stringify(machineReadable(alert)),
    attributes: {
      ...attributes(alert),
      ...(alert.label !== undefined && { label: alert.label }),
    },
  };
}

/**
 * The same alert without a word that came from outside, for a topic that refuses the full one as
 * invalid: nothing can poison an alert.
 */
export function bareAlertMessage(alert: Alert): AlertMessage {
  const text = `${alert.state}: ${alert.jobId}`;
  const { id, kind, jobId, state } = alert;
  return {
    subject: asciiLine(text, SUBJECT_LENGTH),
    email: `The extraction run ${jobId} ended: ${state}.\n\nAlert id: ${id}\n`,
    sms: gsmLine(text),
    default: JSON.stringify({ version: 1, id, kind, jobId, state }),
    attributes: attributes(alert),
  };
}

function attributes(alert: Alert): Record<string, string> {
  return { state: alert.state, containsIssues: String(alert.containsIssues ?? false) };
}

function outcome(alert: Alert): string {
  return alert.containsIssues ? `${alert.state} with issues` : alert.state;
}

function nameOf(alert: Alert): string {
  return oneLine(alert.label ?? alert.jobId);
}

function email(alert: Alert): string {
  return [
    `The extraction run ${nameOf(alert)} ended: ${outcome(alert)}.`,
    '',
    ...(alert.reason ? [`Why: ${oneLine(alert.reason)}`, ''] : []),
    `Watched for ${formatDuration(alert.at - alert.registeredAt)}, since ${utc(alert.registeredAt)}.`,
    '',
    'Timeline',
    ...timeline(alert),
    '',
    `Job id: ${alert.jobId}`,
    `Alert id: ${alert.id}`,
    '',
  ].join('\n');
}

function timeline(alert: Alert): string[] {
  const dropped = alert.transitionsDropped
    ? [`  (${alert.transitionsDropped} more transitions are not kept)`]
    : [];
  const transitions = alert.transitions.map(({ at, from, to, reason }) => {
    const why = reason ? ` (${short(reason)})` : '';
    return `  ${utc(at)}  ${from} -> ${to}${why}`;
  });
  return [...dropped, ...transitions];
}

function sms(alert: Alert): string {
  const why = alert.reason ? ` - ${alert.reason}` : '';
  return gsmLine(`${outcome(alert)}: ${nameOf(alert)}${why}`);
}

/** ASCII without the characters that GSM-7 lacks or counts twice. */
function gsmLine(text: string): string {
  return asciiLine(text, SMS_LENGTH).replace(/[`^{}[\]~\\|]/g, '?');
}

function machineReadable(alert: Alert): object {
  const { id, kind, jobId, label, state, reason, containsIssues, logsUrl } = alert;
  return {
    version: 1,
    id,
    kind,
    jobId,
    label,
    state,
    reason,
    containsIssues,
    logsUrl,
    registeredAt: isoTime(alert.registeredAt),
    endedAt: isoTime(alert.at),
    transitions: alert.transitions.map(({ from, to, at, reason: why }) => ({
      from,
      to,
      at: isoTime(at),
      reason: why && short(why),
    })),
  };
}

function short(reason: string): string {
  const line = oneLine(reason);
  return line.length <= TIMELINE_REASON_LENGTH
    ? line
    : `${line.slice(0, TIMELINE_REASON_LENGTH - 3).toWellFormed()}...`;
}

function utc(ms: number): string {
  return isoTime(ms)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

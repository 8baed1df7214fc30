import { omit } from '../objects.ts';
import { type Alert, issuesOf } from './alert.ts';
import { sms, subject } from './texts/headline.ts';
import { machineReadable } from './texts/json.ts';
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

/** The words of states are no texts: each is a single plain word. */
function withoutOutsideTexts(alert: Alert): Alert {
  return {
    ...omit(alert, 'label', 'iModelName', 'reason', 'logsUrl', 'logs'),
    transitions: alert.transitions.map((transition) => omit(transition, 'reason')),
  };
}

import { ASCII, asciiLine, cut, GSM_7, oneLine, spellLegibly } from '../../text.ts';
import { formatDuration, utcTime } from '../../time.ts';
import type { Alert } from '../alert.ts';
import { headline, isCleanSuccess, isEndKnown, nameIn, runTime } from './headline.ts';

/** SNS takes subjects of at most 100 characters [SNS API reference, Publish]. */
const SUBJECT_LENGTH = 100;

/** The subject of a mail: the outcome first, then what it is about. */
export function subject(alert: Alert): string {
  const mark = alert.isTest ? '[TEST] ' : '';
  return asciiLine(`${mark}${headline(alert)}: ${nameIn(alert, ASCII)}`, SUBJECT_LENGTH);
}

/** One SMS holds 160 characters of the GSM 7 bit default alphabet [3GPP TS 23.038]. */
const SMS_LENGTH = 160;
/** Leaves room for the reason. */
const NAME_LENGTH = 60;

/** The essential in one SMS. */
export function sms(alert: Alert): string {
  const mark = alert.isTest ? '(TEST) ' : ''; // A square bracket takes two places.
  const name = cut(nameIn(alert, GSM_7), NAME_LENGTH);
  const parts = [`${mark}${headline(alert)}: ${name}`, time(alert), why(alert)];
  return cut(parts.filter(Boolean).join(' - '), SMS_LENGTH);
}

function time(alert: Alert): string {
  if (alert.kind === 'StillRunning') return `watched until ${utcTime(alert.timeoutAt)}`;
  const took = runTime(alert);
  if (!isEndKnown(alert) || took.kind === 'Unknown') return '';
  return `took ${took.kind === 'AtLeast' ? 'at least ' : ''}${formatDuration(took.ms)}`;
}

/** Of a success with issues only the logs tell more: its reason may well be `Completed`. */
function why(alert: Alert): string {
  if (isCleanSuccess(alert) || alert.kind === 'StillRunning') return '';
  const { state, reason = '', logs } = alert;
  const logged = logs?.kind === 'Digest' ? (logs.messages[0]?.message ?? '') : '';
  const text = state === 'Succeeded' ? logged : reason || logged;
  return spellLegibly(oneLine(text), GSM_7);
}

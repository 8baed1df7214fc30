import type { Alert } from '../alert.ts';
import { formatDuration } from '../durations.ts';
import { GSM_7, spellLegibly } from '../spelling.ts';
import { cut, oneLine } from '../text.ts';
import { headline, isCleanSuccess, isEndKnown, nameIn, runTime } from './run.ts';
import { utcTime } from './utc.ts';

/** One SMS holds 160 characters of the GSM 7 bit default alphabet [3GPP TS 23.038]. */
const LENGTH = 160;
/** Leaves room for the reason. */
const NAME_LENGTH = 60;

/** The essential in one SMS. */
export function sms(alert: Alert): string {
  const mark = alert.isTest ? '(TEST) ' : ''; // A square bracket takes two places.
  const name = cut(nameIn(alert, GSM_7), NAME_LENGTH);
  const parts = [`${mark}${headline(alert)}: ${name}`, time(alert), why(alert)];
  return cut(parts.filter(Boolean).join(' - '), LENGTH);
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

import { hadEndedWhenFirstSeen, type Missing, type UsualLength } from '../../jobs/job.ts';
import type { KindTexts } from '../../kinds/kind.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { type RunTime, runTime } from '../../statistics/lengths.ts';
import { ASCII, asciiLine, cut, GSM_7, oneLine, spellLegibly } from '../../text.ts';
import { formatDuration, zonedTime } from '../../time.ts';
import { type Alert, isCleanSuccess, isEndKnown, issuesOf, unusualLength } from '../alert.ts';

/** What people are told in words of the job's kind. */
export function textsOf({ jobKind: kind }: Alert): KindTexts {
  return kindOf({ kind }).texts;
}

/** As many characters as a label may have. */
const NAME_LENGTH = 100;

/** What a run may be called by. */
type Named = Pick<Alert, 'jobId' | 'label' | 'iModelName'>;

/** The label of a run and the name of its iModel; without them the beginning of its job id. */
export function nameOf(run: Named): string {
  return cut(ownName(run), NAME_LENGTH) || shortId(run);
}

/** The same in an alphabet. A name that cannot be read in it says less than the id. */
export function nameIn(run: Named, alphabet: RegExp): string {
  return spellLegibly(ownName(run), alphabet) || shortId(run);
}

/** A label that says which iModel it is needs no name behind it. */
function ownName({ label = '', iModelName = '' }: Named): string {
  const [own, iModel] = [oneLine(label), oneLine(iModelName)];
  if (own === '' || iModel === '') return own || iModel;
  return own.toLowerCase().includes(iModel.toLowerCase()) ? own : `${own} (${iModel})`;
}

function shortId({ jobId }: Named): string {
  return `job ${jobId.slice(0, 8)}`;
}

/** What subject, mail and SMS begin with: how the run ended, or that it has not. */
export function headline(alert: Alert): string {
  const { kind, state, containsIssues, at } = alert;
  const unusual = unusualLength(alert);
  if (kind === 'StillRunning') {
    const ms = unusual && runTime(alert, at)?.ms;
    if (ms === undefined) return `Still ${state} after ${watched(alert)}`;
    return `Still ${state} after ${formatDuration(ms)}, unusually long`;
  }
  const outcome = containsIssues && state !== 'Failed' ? `${state} with issues` : state;
  return unusual ? `${outcome}, unusually soon` : outcome;
}

/** How long such runs take: `usually 12 min, 9 of 10 within 20 min`. */
export function usually({ median, p90 }: UsualLength): string {
  const most = p90 > median ? `, 9 of 10 within ${formatDuration(p90)}` : '';
  return `usually ${formatDuration(median)}${most}`;
}

/** For how long the run has been under watch, or was. */
export function watched({ at, registeredAt }: Alert): string {
  return formatDuration(at - registeredAt);
}

/** SNS takes subjects of at most 100 characters [SNS API reference, Publish]. */
export const SUBJECT_LENGTH = 100;

/** The subject of a mail: the outcome first, then what it is about. */
export function subject(alert: Alert): string {
  const mark = alert.isTest ? '[TEST] ' : '';
  return asciiLine(`${mark}${headline(alert)}: ${nameIn(alert, ASCII)}`, SUBJECT_LENGTH);
}

/** One SMS holds 160 characters of the GSM 7 bit default alphabet [3GPP TS 23.038]. */
export const SMS_LENGTH = 160;
/** Leaves room for the reason. */
const SMS_NAME_LENGTH = 60;

/** The essential in one SMS. */
export function sms(alert: Alert): string {
  const mark = alert.isTest ? '(TEST) ' : ''; // A square bracket takes two places.
  const name = cut(nameIn(alert, GSM_7), SMS_NAME_LENGTH);
  const usual = alert.usual && unusualLength(alert) ? usually(alert.usual) : '';
  const parts = [`${mark}${headline(alert)}: ${name}`, smsTime(alert), usual, smsReason(alert)];
  const text = joined(parts);
  if (!hadEndedWhenFirstSeen(alert)) return cut(text, SMS_LENGTH);
  const longer = joined(
    parts.toSpliced(1, 0, `ended before ${zonedTime(alert.at, alert.timeZone)}`),
  );
  // The reason matters more: it is not cut for a time that is not that of the end.
  return longer.length <= SMS_LENGTH ? longer : cut(text, SMS_LENGTH);
}

function joined(parts: readonly string[]): string {
  return parts.filter(Boolean).join(' - ');
}

/** What upstream answers for a run that is missing. */
export function statusOf({ status }: Missing): string {
  return status === undefined ? '404 or 403' : `${status}`;
}

function smsTime(alert: Alert): string {
  const { kind, missing, timeoutAt, timeZone } = alert;
  if (kind === 'StillRunning') {
    const answer = missing
      ? `answers ${statusOf(missing)} since ${zonedTime(missing.since, timeZone)}`
      : '';
    return joined([answer, `watched until ${zonedTime(timeoutAt, timeZone)}`]);
  }
  const took = isEndKnown(alert) && runTime(alert, alert.at);
  if (!took) return '';
  return `took ${boundedTime(took)}`;
}

/** How long a run took, `at least` or `at most` perhaps. */
export function boundedTime({ bound, ms }: RunTime): string {
  return [...(bound ? [bound] : []), formatDuration(ms)].join(' ');
}

/** Of a success with issues only the logs tell more: its reason may well be `Completed`. */
function smsReason(alert: Alert): string {
  if (isCleanSuccess(alert) || alert.kind === 'StillRunning') return '';
  const { state, reason = '', logs } = alert;
  if (state === 'Succeeded' && issuesOf(alert) === 'unknown') return 'issues not known';
  const logged = logs?.kind === 'Digest' ? withoutIds(logs.messages[0]?.message ?? '') : '';
  const text = state === 'Succeeded' ? logged : reason || logged;
  return spellLegibly(oneLine(text), GSM_7);
}

/** Behind a name an id takes the room of what matters more. */
function withoutIds(message: string): string {
  return message.replace(/ \([0-9a-f]{8}-[0-9a-f-]{27}\)/gi, '');
}

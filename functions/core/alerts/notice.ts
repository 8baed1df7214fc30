import { CAUSES } from '../sweeps/causes.ts';
import { type Notice, overAfter, type TroubleName } from '../sweeps/troubles.ts';
import { asciiLine, cut, prose } from '../text.ts';
import { formatDuration, isoTime, zonedTime } from '../time.ts';
import type { AlertMessage } from './message.ts';
import { SMS_LENGTH, SUBJECT_LENGTH } from './texts/headline.ts';

/**
 * The words of a notice to the operator, as the operator topic is given them: what is wrong, since when,
 * what to do first, whom it affects; or that it is over. No text from outside is in it.
 *
 * @param timeZone an IANA name
 */
export function noticeMessage(notice: Notice, timeZone?: string): AlertMessage {
  const { name, phase, cause } = notice;
  return {
    subject: asciiLine(`Extraction Monitor: ${headline(notice)}`, SUBJECT_LENGTH),
    email: phase === 'Began' ? beginning(notice, timeZone) : ending(notice, timeZone),
    sms: cut(smsText(notice), SMS_LENGTH),
    default: JSON.stringify(machineReadable(notice)),
    attributes: { trouble: name, phase, cause },
  };
}

function headline({ phase, cause, since, seenAt }: Notice): string {
  const { title } = CAUSES[cause];
  return phase === 'Began' ? title : `Over after ${formatDuration(seenAt - since)}: ${title}`;
}

function smsText(notice: Notice): string {
  const head = `Monitor: ${headline(notice)}`;
  return notice.phase === 'Began' ? `${head}. ${CAUSES[notice.cause].action}` : head;
}

function beginning(notice: Notice, timeZone?: string): string {
  const { name, cause, since, seenAt, pending } = notice;
  const { meaning, action } = CAUSES[cause];
  return mail(notice, [
    prose(meaning),
    ['What to do first', ...prose(action, '  ')],
    ['Whom it affects', ...prose(AFFECTED[name], '  ')],
    [
      `  Since: ${zonedTime(since, timeZone)}, for ${formatDuration(seenAt - since)} so far`,
      `  Pending jobs: ${pending.toLocaleString('en')}`,
    ],
    prose('You are told again when it is over. GET /health says how the monitor is now.'),
  ]);
}

function ending(notice: Notice, timeZone?: string): string {
  const { name, since, seenAt } = notice;
  const calm = formatDuration(overAfter(name));
  return mail(notice, [
    prose(`It is over: no sweep has met with it for ${calm}. There is nothing to do.`),
    [`  From: ${zonedTime(since, timeZone)}`, `  To:   ${zonedTime(seenAt, timeZone)}`],
  ]);
}

function mail(notice: Notice, sections: readonly (readonly string[])[]): string {
  const all = [[headline(notice)], ...sections, [`Notice id: ${notice.id}`]];
  return all.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

const LATE =
  'Whoever waits for a pending job is told later than usual. No job is lost, and no alert.';

const AFFECTED: Readonly<Record<TroubleName, string>> = {
  CredentialsRefused: 'All pending jobs: none is checked until somebody acts. No job is lost.',
  UpstreamDown: LATE,
  UpstreamFault: LATE,
  RateLimited: LATE,
  IModelsUnread:
    'Whoever waits for runs of these iModels: those that upstream starts by itself are not found.',
  ChecksLate: LATE,
  SweepErrors: 'Some pending jobs may be left out until it is mended. No job is lost.',
  AlertsFailing: 'Whoever waits for a run that has ended. Each alert stays owed until it is taken.',
  NobodyListening: 'Everybody who relies on alerts: what is published now reaches no one.',
  ListenersLost: 'The receivers that are lost. The others still get their alerts.',
};

function machineReadable({ id, name, phase, cause, since, seenAt, pending }: Notice): object {
  return {
    version: 1,
    id,
    kind: 'Notice',
    trouble: name,
    phase,
    cause,
    ...CAUSES[cause],
    since: isoTime(since),
    lastSeenAt: isoTime(seenAt),
    pending,
  };
}

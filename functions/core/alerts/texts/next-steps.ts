import { DEFAULT_KIND } from '../../kinds/kinds.ts';
import { oneLine, prose } from '../../text.ts';
import { HOUR } from '../../time.ts';
import { type Alert, issuesOf, unusualLength } from '../alert.ts';
import { callsForLogs } from '../log-digest.ts';
import { textsOf } from './headline.ts';
import { lastSeen, wasThere } from './timeline.ts';

/** The longest watch that can be asked for, in hours. */
const LONGEST_WATCH = 168;
const ASK_SUPPORT = "ask Bentley's support, with the job id below";

/** The section of a mail that says what somebody should do now. */
export function nextSteps(alert: Alert): string[] {
  return ['What to do next', ...steps(alert), ...whereTheLogsAre(alert)];
}

function steps(alert: Alert): string[] {
  if (alert.kind === 'StillRunning') return afterReminder(alert);
  const { partialSuccess } = textsOf(alert);
  switch (alert.state) {
    case 'Succeeded':
      return say(afterSuccess(alert));
    case 'PartiallySucceeded':
      return say(`${partialSuccess}${see(alert)}. Correct the cause, ${again(alert)}.`);
    case 'Failed':
      return say(
        `Correct the cause${see(alert)}, ${again(alert)}. If you cannot correct it, ${ASK_SUPPORT}.`,
      );
    case 'Aborted':
      return say(
        `Nothing, if somebody meant it to end so. Else correct the cause${see(alert)}, ${again(alert)}.`,
      );
    case 'NotFound':
      return say(wasThere(alert) ? lookUp(alert) : compare(alert));
    case 'AccessDenied':
      return [
        ...say(`${giveAccess(alert)} Then register the job again to have it watched on:`),
        registration(alert),
      ];
    default:
      return [
        ...say(
          'The run may go on, but nobody watches it any more. To watch on, register the job again' +
            `${moreTime(alert)}:`,
        ),
        registration(alert, longerWatch(alert)),
        ...say(`If it should have ended long ago, ${ASK_SUPPORT}.`),
      ];
  }
}

/** Of an iModel that is watched, the new run is found. */
function again(alert: Alert): string {
  const unless = alert.iModelId === undefined ? '' : ' unless its iModel is watched';
  return `${textsOf(alert).again}${unless}`;
}

function lookUp(alert: Alert): string {
  const { history } = textsOf(alert);
  return `Look the run up in ${history}. If it is not there, ${again(alert)}.`;
}

function compare(alert: Alert): string {
  const { idGiven, history } = textsOf(alert);
  return (
    `Compare the job id below with the one that was given when ${idGiven}. If they differ, register ` +
    `the right one. If not, look the run up in ${history}, or ${again(alert)}.`
  );
}

function giveAccess(alert: Alert): string {
  return (
    `Give the monitor's service account a role with ${textsOf(alert).access} on the iTwin. The ` +
    'account is {clientId}@apps.imsoidc.bentley.com, with the client id of the credentials that the ' +
    'monitor has.'
  );
}

function afterSuccess(alert: Alert): string {
  const issues = issuesOf(alert);
  const { success } = textsOf(alert);
  if (issues === 'false' && unusualLength(alert)) {
    return 'Before the data is used, see whether it is whole: a run that ends so soon may have had little to do.';
  }
  if (issues === 'false') return `Nothing. ${success}`;
  if (issues === 'unknown') return 'Before the data is used, see whether its logs contain issues.';
  return (
    `Before the data is used, find out what is missing or wrong in it${see(alert)}. If that ` +
    `matters, correct the cause, ${again(alert)}.`
  );
}

function afterReminder(alert: Alert): string[] {
  return [
    ...say(reminderAdvice(alert)),
    ...say(
      'The watch goes on, and another alert will tell how it ends. There are no more reminders ' +
        'before that. To stop the watch:',
    ),
    `  DELETE /jobs/${alert.jobId}`,
  ];
}

function reminderAdvice(alert: Alert): string {
  const { missing } = alert;
  if (missing?.status === 403) return giveAccess(alert);
  if (missing && wasThere(alert)) return lookUp(alert);
  if (!lastSeen(alert)) {
    return (
      `Compare the job id below with the one that was given when ${textsOf(alert).idGiven}, and ` +
      'see by GET /health whether the monitor is well.'
    );
  }
  return `Nothing, if such a run may take so long. If it should have ended by now, ${ASK_SUPPORT}.`;
}

/** Where the cause is told. That of a success with issues is never in its reason. */
function see({ state, reason, logs, logsUrl }: Alert): string {
  if (logs?.kind === 'Digest' && logs.messages.length > 0) return ' (see the messages above)';
  if (state !== 'Succeeded' && oneLine(reason ?? '')) return ' (see the reason above)';
  return logsUrl === undefined ? '' : ' (see its logs)';
}

/** Somebody who reads a mail has no access token at hand: the link alone opens nothing. */
function whereTheLogsAre(alert: Alert): string[] {
  const { logsUrl } = alert;
  const isOpen = alert.state === 'Succeeded' && issuesOf(alert) === 'unknown';
  if (logsUrl === undefined || !(callsForLogs(alert) || isOpen)) return [];
  return [
    ...say('The full logs, for those with an access token of the iTwin Platform:'),
    `  GET ${oneLine(logsUrl)}`,
  ];
}

/** A watch that was as long as can be is asked for as it was. */
function moreTime({ at, registeredAt }: Alert): string {
  return at - registeredAt < LONGEST_WATCH * HOUR
    ? ` with a longer timeoutMinutes (at most ${LONGEST_WATCH * 60}, which is a week)`
    : '';
}

/** Twice as long, in whole hours, given in minutes. */
function longerWatch({ at, registeredAt }: Alert): number {
  const hours = Math.round((2 * (at - registeredAt)) / HOUR);
  return 60 * Math.min(Math.max(hours, 1), LONGEST_WATCH);
}

function registration(alert: Alert, timeoutMinutes?: number): string {
  const label = oneLine(alert.label ?? '') || undefined;
  const kind = alert.jobKind === DEFAULT_KIND ? undefined : alert.jobKind;
  const { jobId, connectionId, connectionType } = alert;
  const body = { kind, jobId, connectionId, connectionType, label, timeoutMinutes };
  return `  POST /jobs ${JSON.stringify(body)}`;
}

function say(text: string): string[] {
  return prose(text, '  ');
}

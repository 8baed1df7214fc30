import { hadEndedWhenFirstSeen, type Missing } from '../../jobs/job.ts';
import { DEFAULT_KIND } from '../../kinds/kinds.ts';
import { probableEnd, type RunTime, runTime } from '../../statistics/lengths.ts';
import { cut, oneLine, prose, quote, WIDTH } from '../../text.ts';
import { zonedTime } from '../../time.ts';
import { type Alert, isCleanSuccess, isEndKnown, issuesOf, unusualLength } from '../alert.ts';
import type { LogDigest } from '../log-digest.ts';
import { boundedTime, headline, nameOf, statusOf, textsOf, usually, watched } from './headline.ts';
import { nextSteps } from './next-steps.ts';
import { lastSeen, standing, timeline, wasThere } from './timeline.ts';

/** A mail shows the gist; all of the digest is in `GET /jobs/{jobId}`. */
const SHOWN_COUNTS = 6;
const SHOWN_MESSAGES = 5;
const MESSAGE_LENGTH = 300;
/** The most of an iModel's name. */
const NAME_LENGTH = 60;

/**
 * The mail for a person: what happened, why, when what was seen, what to do next. Outside texts are
 * quoted, or stand at the end of a line that we began.
 *
 * @param isBare whether all outside texts have been left out
 */
export function email(alert: Alert, isBare: boolean): string {
  const sections = [
    alert.isTest ? prose('TEST: this alert was made to try alerts out. There is no such run.') : [],
    title(alert),
    prose(lead(alert)),
    isBare ? prose(leftOut(alert)) : [],
    [...facts(alert), ...onThePage(alert)],
    why(alert),
    logCounts(alert),
    logMessages(alert),
    timeline(alert),
    nextSteps(alert),
    support(alert),
    prose('You get this because you are subscribed to the alerts of Extraction Monitor.'),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function leftOut({ jobId }: Alert): string {
  return (
    'This is a short form: the message with its label, reasons and logs could not be delivered. ' +
    `They are in GET /jobs/${jobId}.`
  );
}

function title(alert: Alert): string[] {
  const line = `${headline(alert)}: ${nameOf(alert)}`;
  return line.length <= WIDTH ? [line] : [`${headline(alert)}:`, ...quote(nameOf(alert))];
}

function why(alert: Alert): string[] {
  const reason = oneLine(alert.reason ?? '');
  if (reason === '' || isCleanSuccess(alert)) return [];
  if (alert.kind === 'Ended' && !isEndKnown(alert)) return ['Why', ...quote(reason)];
  return [
    alert.state === 'Failed' ? 'Why it failed' : 'What the iTwin Platform says',
    ...quote(reason),
  ];
}

/** Of a kind that is not the default, which it is, since that says which API to ask. */
function support({ jobId, jobKind, connectionId, connectionType, iModelId, id }: Alert): string[] {
  const connection = `  Connection id: ${connectionId} (${connectionType})`;
  return [
    'For support',
    `  Job id: ${jobId}`,
    ...(jobKind === DEFAULT_KIND ? [] : [`  Job kind: ${jobKind}`]),
    ...(connectionId === undefined ? [] : [connection]),
    ...(iModelId === undefined ? [] : [`  iModel id: ${iModelId}`]),
    `  Alert id: ${id}`,
  ];
}

/** What an alert is about, in a sentence for somebody who does not know the words of the states. */
export function lead(alert: Alert): string {
  if (alert.kind === 'StillRunning') return reminder(alert);
  const { title } = textsOf(alert);
  switch (alert.state) {
    case 'Succeeded':
      return `The ${title} succeeded${ISSUES_OF_SUCCESS[issuesOf(alert)]}.${tooSoon(alert)}`;
    case 'PartiallySucceeded':
      return `The ${title} ended, but only a part of it succeeded.${issues(alert)}`;
    case 'Failed':
      return `The ${title} failed.${issues(alert)}`;
    case 'Aborted':
      return `The ${title} was broken off in the iTwin Platform: it neither succeeded nor failed.${issues(alert)}`;
    case 'NotFound':
      return wasThere(alert)
        ? `The iTwin Platform no longer has this ${title}, so how it ended is not known.`
        : `The iTwin Platform does not have this ${title}, so there is nothing to watch.`;
    case 'AccessDenied':
      return `The iTwin Platform does not let the monitor see this ${title}, so how it ends is not known.`;
    default:
      return `The watch ran out of time before the ${title} was seen to end.`;
  }
}

const ISSUES_OF_SUCCESS = {
  true: ', but its logs contain issues',
  false: '',
  unknown: ', and whether its logs contain issues is not known',
} as const;

function tooSoon(alert: Alert): string {
  return unusualLength(alert) ? ' It ended unusually soon for such a run.' : '';
}

function reminder(alert: Alert): string {
  const { title } = textsOf(alert);
  if (alert.missing) return missingRun(alert.missing, wasThere(alert), alert.timeZone);
  return lastSeen(alert)
    ? `The ${title} has not ended yet.${tooLong(alert)}${issues(alert)}`
    : `The iTwin Platform has not told anything about this ${title} yet.`;
}

function tooLong(alert: Alert): string {
  return unusualLength(alert) ? ' That is unusually long for such a run.' : '';
}

function missingRun(missing: Missing, wasSeen: boolean, timeZone?: string): string {
  const answered = `The iTwin Platform has answered ${statusOf(missing)} for this run since ${zonedTime(missing.since, timeZone)}`;
  if (missing.status === 403) return `${answered}, so the monitor may lack the role to see it.`;
  return `${answered}, so it may ${wasSeen ? 'be gone' : 'not exist'}.`;
}

function issues({ containsIssues }: Alert): string {
  return containsIssues ? ' Its logs contain issues.' : '';
}

/** When the run ended, how long it took, since when it was watched: as far as that is known. */
function facts(alert: Alert): string[] {
  const { at, registeredAt, timeoutAt, missing, timeZone, iModelName } = alert;
  const time = (ms: number) => zonedTime(ms, timeZone);
  const watch = [
    `  Watched: for ${watched(alert)}, since ${time(registeredAt)}`,
    ...(iModelName === undefined ? [] : [`  iModel: ${cut(oneLine(iModelName), NAME_LENGTH)}`]),
  ];
  if (alert.kind === 'StillRunning') {
    return [
      `  ${missing && lastSeen(alert) ? 'Last seen' : 'State'}: ${standing(alert)}`,
      ...usual(alert),
      ...watch,
      `  Watch ends: ${time(timeoutAt)} at the latest`,
    ];
  }
  if (isEndKnown(alert)) {
    return [`  Ended: ${ended(alert, time)}`, `  Took: ${took(alert)}`, ...usual(alert), ...watch];
  }
  return [`  Watch ended: ${time(at)}`, `  Last seen: ${standing(alert)}`, ...watch];
}

function ended(alert: Alert, time: (ms: number) => string): string {
  const { at, transitions } = alert;
  if (hadEndedWhenFirstSeen(alert)) return `before ${time(at)} (it had ended when first seen)`;
  const { uncheckedSince } = transitions.at(-1) ?? {};
  if (uncheckedSince === undefined) return time(at);
  return `between ${time(uncheckedSince)}\n    and ${time(at)} (not checked in between)`;
}

/** How long such runs take, and of one that is pending by when it has probably ended. */
function usual(alert: Alert): string[] {
  if (!alert.usual) return [];
  const end = probableEnd(alert) ?? 0;
  const words = usually(alert.usual).replace('usually', 'Usually:');
  return [
    `  ${words} (of ${alert.usual.runs} runs)`,
    ...(end > alert.at ? [`  Probably until: ${zonedTime(end, alert.timeZone)}`] : []),
  ];
}

/** Where somebody with a browser sees it all. */
function onThePage({ pageUrl, jobId }: Alert): string[] {
  return pageUrl === undefined ? [] : [`  On the page: ${pageUrl}#/runs/${jobId}`];
}

const TOO_MANY_CHANGES = 'it changed its state too often';

function took(alert: Alert): string {
  const time = runTime(alert, alert.at);
  if (time === undefined) {
    const why = hadEndedWhenFirstSeen(alert) ? 'it had ended when first seen' : TOO_MANY_CHANGES;
    return `not known (${why})`;
  }
  return `${boundedTime(time)} (${COUNTED[time.from]})`;
}

/** From when on the length of a run counts. */
const COUNTED: Readonly<Record<RunTime['from'], string>> = {
  Told: 'from when the iTwin Platform says it began',
  Seen: 'from when it was first seen',
  SeenRunning: 'it was Running already when first seen',
};

/** The section of a mail that says how much there is in the logs, or why they could not be read. */
function logCounts(alert: Alert): string[] {
  const { logs } = alert;
  if (logs === undefined || isCleanSuccess(alert)) return [];
  if (logs.kind === 'Unread') return ['Its logs could not be read', ...quote(logs.reason)];
  const { entries, isPartial, counts } = logs;
  if (entries === 0) return ['Its logs had no entries when they were read'];
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const scope = `${isPartial ? 'the first ' : ''}${formatted(entries)} ${entries === 1 ? 'entry' : 'entries'}`;
  return [
    `What its logs say (${scope})`,
    ...counts
      .slice(0, SHOWN_COUNTS)
      .flatMap(({ count, ...kind }) => quote(`${formatted(count)} x ${levelOf(kind)}`)),
    ...more(counts.length - SHOWN_COUNTS, ['kind of entries', 'kinds of entries'], all === entries),
  ];
}

/** The section that says what is in them. */
function logMessages(alert: Alert): string[] {
  const { logs } = alert;
  if (logs?.kind !== 'Digest' || logs.messages.length === 0 || isCleanSuccess(alert)) return [];
  const { messages, entries } = logs;
  return [
    'First messages, the gravest first',
    ...messages.slice(0, SHOWN_MESSAGES).flatMap(messageLines),
    ...more(messages.length - SHOWN_MESSAGES, ['message', 'messages'], messages.length === entries),
  ];
}

function messageLines({ message, ...kind }: LogDigest['messages'][number]): string[] {
  return quote(`${levelOf(kind)}: ${cut(oneLine(message), MESSAGE_LENGTH)}`, '  ');
}

function levelOf({ level, category }: Omit<LogDigest['counts'][number], 'count'>): string {
  return `${level} (${category})`;
}

/** A digest keeps a few of many kinds and messages: how many there were it does not know. */
function more(count: number, [one, many]: readonly [string, string], isAll: boolean): string[] {
  const what = count === 1 ? one : many;
  return count > 0 ? [`  (${isAll ? '' : 'at least '}${count} more ${what})`] : [];
}

function formatted(count: number): string {
  return count.toLocaleString('en');
}

import type { Job } from '../../jobs/job.ts';
import { DEFAULT_KIND } from '../../kinds/kinds.ts';
import { runsIn } from '../../statistics/figures.ts';
import { CAUSES } from '../../sweeps/causes.ts';
import { asciiLine, cut, GSM_7, oneLine, prose, quote, spell, WIDTH } from '../../text.ts';
import { formatDuration, isoTime, zonedDay, zonedTime } from '../../time.ts';
import { beginOf, type Digest } from '../digest.ts';
import type { AlertMessage } from '../message.ts';
import { nameIn, nameOf, SMS_LENGTH, SUBJECT_LENGTH } from './headline.ts';

/** A line of a mail has room for both. */
const NAME_LENGTH = 30;
/** The most of a reason for a machine; the whole is in `GET /jobs/{jobId}`. */
const REASON_LENGTH = 300;
/** How many names an SMS has room for. */
const SMS_NAMES = 3;

/**
 * The words of a digest, as the topic is given it.
 *
 * @param isBare whether all outside texts are left out
 */
export function digestMessage(digest: Digest, isBare = false): AlertMessage {
  return {
    subject: asciiLine(`Digest ${day(digest)}: ${headline(digest)}`, SUBJECT_LENGTH),
    email: mail(digest, isBare),
    sms: sms(digest, isBare),
    default: JSON.stringify(machineReadable(digest, isBare)),
    attributes: { state: 'Digest' },
  };
}

function day({ to, timeZone }: Digest): string {
  return zonedDay(to, timeZone);
}

/**
 * What is most worth to know: whether anything failed, and how much there was. How those ended that are not
 * counted nobody knows.
 */
function headline({ figures, isPartial, hiding }: Digest): string {
  const runs = runsIn(figures);
  const { Failed: failed = 0, Succeeded: succeeded = 0 } = figures.states;
  if (runs === 0) return hiding.length > 0 ? 'no runs were seen to end' : 'no runs ended';
  const all = `${isPartial ? 'more than ' : ''}${counted(runs, 'run')}`;
  if (failed > 0) return `${isPartial ? 'at least ' : ''}${counted(failed)} of ${all} failed`;
  const first = `the first ${counted(runs)}`;
  if (succeeded < runs) return `${all} ended, none ${isPartial ? `of ${first} ` : ''}failed`;
  return `${all} ended, ${isPartial ? `${first} ` : ''}all Succeeded`;
}

function counted(count: number, what = ''): string {
  const number = count.toLocaleString('en');
  return what === '' ? number : `${number} ${what}${count === 1 ? '' : 's'}`;
}

/** How many are pending, or late: `2,000`, or `2,000 or more`. */
function countedSoFar(count: number, { pendingIsPartial }: Digest): string {
  return `${counted(count)}${pendingIsPartial ? ' or more' : ''}`;
}

/** How many ended how, the most frequent first. */
function outcomes({ figures }: Digest): readonly (readonly [state: string, runs: number])[] {
  return Object.entries(figures.states).toSorted(([, one], [, other]) => other - one);
}

/** How many ended in a way of which somebody may want to know why. */
function failuresIn({ figures }: Digest): number {
  const { Succeeded: succeeded = 0, Cancelled: cancelled = 0 } = figures.states;
  return runsIn(figures) - succeeded - cancelled;
}

function mail(digest: Digest, isBare: boolean): string {
  const { id, from, to, timeZone, pageUrl } = digest;
  const sections = [
    [`Digest: ${headline(digest)}`],
    prose(`Of what ended from ${zonedTime(from, timeZone)} to ${zonedTime(to, timeZone)}.`),
    hidden(digest),
    counts(digest),
    isBare ? prose(LEFT_OUT) : [],
    failures(digest, isBare),
    late(digest, isBare),
    pageUrl === undefined ? [] : [`On the page: ${pageUrl}#/runs`],
    prose('You get this because you are subscribed to the digests of Extraction Monitor.'),
    [`Digest id: ${id}`],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** Else people would take for all what was seen before. */
function hidden({ hiding, timeZone }: Digest): string[] {
  return hiding.flatMap(({ cause, since }) =>
    prose(
      `${CAUSES[cause].title}, since ${zonedTime(since, timeZone)}: runs that have ended since are told of once ` +
        'that can be seen.',
    ),
  );
}

const LEFT_OUT =
  'This is a short form: the message with labels and reasons could not be delivered. They are in GET /jobs.';

function counts(digest: Digest): string[] {
  const { figures, isPartial, pending, late } = digest;
  const issues = figures.withIssues;
  return [
    ...outcomes(digest).map(([state, runs]) => `  ${state}: ${counted(runs)}`),
    ...(issues > 0 ? [`  With issues, whatever their state: ${counted(issues)}`] : []),
    ...(isPartial ? ['  More ended than is counted here: see GET /statistics.'] : []),
    `  Pending now: ${countedSoFar(pending, digest)}${late > 0 ? `, ${countedSoFar(late, digest)} of them late` : ''}`,
  ];
}

function failures(digest: Digest, isBare: boolean): string[] {
  const all = failuresIn(digest);
  if (all === 0 || isBare) return [];
  const { failures: shown, isPartial } = digest;
  const left = more(all - shown.length, isPartial);
  return ['What did not succeed', ...shown.flatMap(failureLine), ...left];
}

/** A line of our width: the whole reason is in the alert of the run. */
function failureLine(job: Job): string[] {
  const reason = oneLine(job.reason ?? '');
  const line = `${job.state}: ${cut(nameOf(job), NAME_LENGTH)}${reason && ` - ${reason}`}`;
  return quote(cut(line, WIDTH - QUOTED));
}

/** What a quotation puts before each line. */
const QUOTED = 4;

function late({ latest, late: all, madeAt, pendingIsPartial }: Digest, isBare: boolean): string[] {
  if (all === 0 || isBare) return [];
  const lines = latest.flatMap((job) => {
    const name = cut(nameOf(job), NAME_LENGTH);
    return quote(`${job.state} for ${formatDuration(madeAt - beginOf(job))}: ${name}`);
  });
  return ['Late, the longest first', ...lines, ...more(all - latest.length, pendingIsPartial)];
}

function more(count: number, isPartial: boolean): string[] {
  return count > 0 ? [`  (${isPartial ? 'at least ' : ''}${counted(count)} more)`] : [];
}

function sms(digest: Digest, isBare: boolean): string {
  const { pending, late: lateOnes, failures: shown, hiding } = digest;
  const names = isBare ? [] : shown.slice(0, SMS_NAMES).map((job) => nameIn(job, GSM_7));
  const parts = [
    `Digest ${day(digest)}: ${headline(digest)}`,
    ...hiding.map(({ cause }) => CAUSES[cause].title),
    `${countedSoFar(pending, digest)} pending${lateOnes > 0 ? `, ${countedSoFar(lateOnes, digest)} late` : ''}`,
    names.join('; '),
  ];
  return cut(spell(parts.filter(Boolean).join(' - '), GSM_7), SMS_LENGTH);
}

/** A digest as `docs/digest.schema.json` describes it. Every field is always there. */
function machineReadable(digest: Digest, isBare: boolean): object {
  const { id, from, to, figures, isPartial, pending, pendingIsPartial } = digest;
  const text = (outside: string | undefined) =>
    outside === undefined || isBare ? null : cut(oneLine(outside), REASON_LENGTH);
  const run = ({ jobId, kind, label, iModelId, state }: Digest['latest'][number]) => ({
    jobId,
    jobKind: kind ?? DEFAULT_KIND,
    iModelId: iModelId ?? null,
    label: isBare ? null : (label ?? null),
    state,
  });
  return {
    version: 1,
    id,
    kind: 'Digest',
    bare: isBare,
    from: isoTime(from),
    to: isoTime(to),
    runs: runsIn(figures),
    isPartial,
    outcomes: outcomes(digest).map(([state, runs]) => ({ state, runs })),
    withIssues: figures.withIssues,
    notSucceeded: failuresIn(digest),
    failures: digest.failures.map((job) => ({ ...run(job), reason: text(job.reason) })),
    pending,
    pendingIsPartial,
    late: digest.late,
    latest: digest.latest.map((job) => ({ ...run(job), since: isoTime(beginOf(job)) })),
  };
}

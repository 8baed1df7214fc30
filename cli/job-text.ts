import type { Job, JobSummary } from '../client/index.js';
import { DEFAULT_KIND } from './option-values.ts';
import type { Screen } from './screen.ts';
import { between, duration, plain } from './text.ts';

/** Wide enough for every state but those that upstream may add: `Succeeded with issues`. */
const STATE_WIDTH = 21;

/** Wide enough for 99 hours, and some space before them. */
const ELAPSED_WIDTH = 11;

/** Wide enough for every name of a fact. */
const NAME_WIDTH = 15;

/** How many messages of the logs are shown where there is little room. */
const FIRST_MESSAGES = 3;

/** One entry of a job's history. */
export interface Entry {
  /** Null of the first registration of a job that was reopened: it is on record no more. */
  readonly at: string | null;
  readonly state: string;
  readonly reason: string | null;
}

/** Where a job stands. That a run succeeded with issues is no success to go by. */
function stateOf({ state, containsIssues }: JobSummary): string {
  return state === 'Succeeded' && containsIssues ? 'Succeeded with issues' : plain(state);
}

/** A job's history from its first registration on, oldest first, and its length before any was left out. */
export function historyOf(job: Job): {
  readonly entries: readonly Entry[];
  readonly total: number;
} {
  const { transitions, transitionsDropped, registeredAt } = job;
  // By time alone, a clock that was set back would reopen one; its reopening may be left out.
  const isReopened = transitions.some(
    ({ to, at }) => to === 'Registered' || (transitionsDropped > 0 && at < registeredAt),
  );
  const first = { at: isReopened ? null : registeredAt, state: 'Registered', reason: null };
  const rest = transitions.map(({ at, to, reason }, i) => ({
    at,
    state: i === transitions.length - 1 && to === job.state ? stateOf(job) : to,
    reason,
  }));
  return { entries: [first, ...rest], total: rest.length + 1 + transitionsDropped };
}

/**
 * An entry: when, how long after the registration that is the job's, the state, why; in two lines where
 * need be. What was before that registration has no such length.
 */
export function entryLine({ at, state, reason }: Entry, job: Job, screen: Screen): string {
  const ms = at === null ? -1 : between(job.registeredAt, at);
  const elapsed = (ms < 0 ? '' : `+${duration(ms)}`).padStart(ELAPSED_WIDTH);
  const time =
    at === null ? 'before'.padEnd(screen.time(job.registeredAt).length) : screen.time(at);
  const why = reason === null ? '' : plain(reason);
  const isOneLine = screen.fits(time.length + ELAPSED_WIDTH + STATE_WIDTH + 4 + why.length);
  const start = `${time}${screen.dim(elapsed)}  `;
  if (!isOneLine) return `${start}${screen.state(state)}\n  ${why}`.trimEnd();
  return `${start}${screen.state(state, STATE_WIDTH)}  ${why}`.trimEnd();
}

/** What upstream answers for a run that is missing, and since when; undefined where it is not. */
export function missingText({ missing }: JobSummary, screen: Screen): string | undefined {
  return missing
    ? `upstream answers ${statusOf(missing)} since ${screen.time(missing.since)}`
    : undefined;
}

function statusOf({ status }: NonNullable<JobSummary['missing']>): string {
  return `${status ?? '404 or 403'}`;
}

/** Before when a run ended that had ended when it was first seen; undefined of all others. */
function endedBefore(job: Job, screen: Screen): string | undefined {
  const { endedBeforeFirstSeen, endedAt } = job;
  return endedBeforeFirstSeen && endedAt !== null
    ? `before ${screen.time(endedAt)} (it had ended when first seen)`
    : undefined;
}

/** How long such runs take, by when a pending one has probably ended, and whether this one is unusual. */
export function usualText(job: JobSummary, screen: Screen): string | undefined {
  const { usualLength, probablyUntil, unusual } = job;
  if (usualLength === null) return undefined;
  const { runs, p50Seconds, p90Seconds } = usualLength;
  const most = p90Seconds > p50Seconds ? `, 9 of 10 within ${duration(p90Seconds * 1_000)}` : '';
  const until = probablyUntil === null ? '' : `; probably until ${screen.time(probablyUntil)}`;
  const mark = unusual === null ? '' : `; ${UNUSUAL[unusual]}`;
  return `${duration(p50Seconds * 1_000)}${most} (of ${runs} runs)${until}${mark}`;
}

const UNUSUAL = { Long: 'unusually long', Short: 'unusually soon' } as const;

/** The same in a list: what is unusual, else how long a run that is pending takes. */
function shortUsual({ usualLength, unusual, endedAt }: JobSummary): string {
  if (unusual !== null) return UNUSUAL[unusual];
  const isUseful = usualLength !== null && endedAt === null;
  return isUseful ? `usually ${duration(usualLength.p50Seconds * 1_000)}` : '';
}

/** A list of jobs: columns for a person, some lines a job where need be; tabs into a pipe. */
export function listLines(jobs: readonly JobSummary[], screen: Screen): readonly string[] {
  const rows = jobs.map((job) => ({
    state: stateOf(job),
    time: screen.time(job.registeredAt),
    jobId: plain(job.jobId),
    label: plain(job.label ?? ''),
    missing: job.missing ? statusOf(job.missing) : '',
    kind: plain(job.kind),
    otherKind: otherKind(job) ?? '',
    usual: shortUsual(job),
    reason: plain(job.reason ?? ''),
  }));
  if (!screen.isTerminal) {
    return rows.map(({ state, time, jobId, label, missing, kind, reason }) =>
      [state, time, jobId, label, missing, kind, reason].join('\t'),
    );
  }
  const wide = rows.map(({ jobId, label, otherKind, usual, reason }) =>
    [jobId, label, otherKind, usual, reason].filter((text) => text !== '').join('  '),
  );
  const isOneLine = rows.every(({ time }, i) =>
    screen.fits(STATE_WIDTH + time.length + (wide[i] ?? '').length + 4),
  );
  return rows.flatMap(({ state, time, jobId, label, missing, otherKind, usual, reason }, i) => {
    const mark = missing ? ` (${missing})` : '';
    const when = `${screen.state(state, STATE_WIDTH - mark.length)}${mark}  ${time}`;
    if (isOneLine) return [`${when}  ${wide[i]}`.trimEnd()];
    const more = [
      screen.dim([jobId, otherKind, usual].filter(Boolean).join('  ')),
      ...(reason ? [reason] : []),
    ];
    return [`${when}  ${label}`.trimEnd(), ...more.map((line) => `  ${line}`)];
  });
}

/** The kind of a job where it goes without saying for most. */
function otherKind({ kind }: JobSummary): string | undefined {
  return kind === DEFAULT_KIND ? undefined : plain(kind);
}

/** Prints all about a job, as JSON where that is wanted. */
export function showJob(job: Job, screen: Screen, { json }: { readonly json: boolean }): void {
  if (json) {
    screen.json(job);
    return;
  }
  const { entries } = historyOf(job);
  screen.line(`${screen.state(stateOf(job))}  ${plain(job.label ?? job.jobId)}`);
  if (job.reason !== null) screen.line(plain(job.reason));
  screen.line();
  for (const [name, value] of facts(job, screen)) {
    if (value !== undefined) screen.line(`${screen.dim(name.padEnd(NAME_WIDTH))}${value}`);
  }
  screen.line();
  for (const entry of entries) screen.line(entryLine(entry, job, screen));
  if (job.transitionsDropped > 0) screen.line(`(${job.transitionsDropped} more left out)`);
  screen.lines(logLines(job));
}

/** By its name, with the id behind. */
function iModelOf({ iModelId, iModelName }: Job): string | undefined {
  if (iModelId === null) return undefined;
  return iModelName === null ? plain(iModelId) : `${plain(iModelName)} (${plain(iModelId)})`;
}

function facts(job: Job, screen: Screen): readonly (readonly [string, string | undefined])[] {
  const time = (at: string | null | undefined) => (at == null ? undefined : screen.time(at));
  const { endedAt, alert, lastError, connectionId, connectionType } = job;
  return [
    ['job', plain(job.jobId)],
    ['kind', otherKind(job)],
    [
      'connection',
      connectionId === null ? undefined : plain(`${connectionId} (${connectionType})`),
    ],
    ['iModel', iModelOf(job)],
    ['began', time(job.startedAt)],
    ['registered', `${screen.time(job.registeredAt)} by ${plain(job.registeredBy)}`],
    ['cancelled', job.cancelledBy === null ? undefined : `by ${plain(job.cancelledBy)}`],
    ['times out', endedAt === null ? screen.time(job.timeoutAt) : undefined],
    ['usually', usualText(job, screen)],
    ['reminder', time(job.remindAt)],
    ['last checked', time(job.lastCheckedAt)],
    ['missing', missingText(job, screen)],
    ['failed checks', lastError ? `${job.failedChecks}: ${plain(lastError.message)}` : undefined],
    ['issues', job.containsIssues === null ? undefined : job.containsIssues ? 'yes' : 'no'],
    ['ended', endedBefore(job, screen) ?? time(endedAt)],
    ['alert', alert ? `${plain(alert.status)} ${time(alert.sentAt) ?? ''}`.trim() : undefined],
  ];
}

/**
 * What the logs say, for a person.
 *
 * @param most how many of the messages
 */
function logLines({ logs }: Job, most = Number.POSITIVE_INFINITY): readonly string[] {
  if (logs === null) return [];
  if (logs.kind === 'Unread') return ['', `Logs: ${plain(logs.reason)}`];
  const messages = logs.messages
    .slice(0, most)
    .map(
      ({ level, category, message }) => `  ${plain(level)} ${plain(category)}: ${plain(message)}`,
    );
  const many = logs.entries === 1 ? 'entry' : 'entries';
  const entries = `Logs, ${logs.entries} ${many}${logs.isPartial ? ' or more' : ''}`;
  return ['', messages.length > 0 ? `${entries}:` : entries, ...messages];
}

/** How a job ended, for a person who has seen it come to that. */
export function endLines(job: Job, screen: Screen): readonly string[] {
  const { endedAt, registeredAt, containsIssues } = job;
  if (endedAt === null) return [];
  const issues = containsIssues ? '; its logs contain issues' : '';
  const after = `after ${duration(between(registeredAt, endedAt))}`;
  const end = `Ended ${endedBefore(job, screen) ?? after}${issues}.`;
  return [end, ...logLines(job, FIRST_MESSAGES)];
}

import type { RunLogs } from '../alerts/log-digest.ts';
import type { PathParameters } from '../kinds/kind.ts';
import type { KindName } from '../kinds/kinds.ts';
import { pick } from '../objects.ts';
import { DAY } from '../time.ts';
import type { CheckError, MissingObservation } from './observation.ts';
import { isEndedByMonitor, isSeen, isTerminal, type State } from './states.ts';

/** One change of state. Times are ms since the epoch. */
export interface Transition {
  readonly from: State;
  readonly to: State;
  readonly at: number;
  readonly reason?: string;
  /** Of an end that was not seen when it came: the run was not, when it was last checked before. */
  readonly uncheckedSince?: number;
  /** The job's version as of the write that made this transition: what an alert id refers to. */
  readonly version: number;
}

/** Consecutive 404 or 403 answers: the time of the first (ms since the epoch), and how many. */
export interface Missing {
  readonly since: number;
  readonly count: number;
  /** The last of them; absent where it was recorded before there was this field. */
  readonly status?: MissingObservation['status'];
  /** When one last counted (ms since the epoch); absent where it was recorded before there was this field. */
  readonly countedAt?: number;
}

/** What an alert is about. */
export type AlertKind =
  /** The job reached a terminal state. */
  | 'Ended'
  /** A reminder: the job was still pending at its `remindAt`. */
  | 'StillRunning';

/** An alert that the topic accepted. `at`: ms since the epoch. */
export interface PublishedAlert {
  readonly id: string;
  readonly kind: AlertKind;
  readonly at: number;
}

/** What is usual of the runs of a group. Lengths are in ms, and as exact as a person would say them. */
export interface UsualLength {
  /** Of so many runs. */
  readonly runs: number;
  readonly median: number;
  readonly p90: number;
  /** A success that is shorter is unusually short: half the 5th percentile. */
  readonly shortBelow: number;
  /** A run that is longer is unusually long: twice the 95th percentile. Absent: nobody is told. */
  readonly longAbove?: number;
}

/**
 * One extraction run under watch: every fact on record about it. What can be derived from these
 * (index keys, expiry) is not in here. Times are ms since the epoch.
 */
export interface Job extends PathParameters {
  /** Upstream's id of the run: a UUID in lower case, or of another form, as its kind has it. */
  readonly jobId: string;
  /** Absent of a Reporting extraction. */
  readonly kind?: KindName;
  /** The iModel that the run belongs to, where that is known. */
  readonly iModelId?: string;
  /** What the iModel was called when somebody was told of the run. */
  readonly iModelName?: string;
  /** When upstream says that the run began. */
  readonly startedAt?: number;
  /**
   * Found in a list without states, begun before its iModel was watched: nobody is told of it if it is over
   * already, nor reminded before it is seen, and of a job that has ended this says that it was.
   */
  readonly isQuietIfOver?: true;
  readonly label?: string;
  readonly registeredAt: number;
  readonly registeredBy: string;
  /** When the watch gives up on a run that still has not ended. */
  readonly timeoutAt: number;
  /** When a reminder is due if the job is still pending; absent when none is wanted any more. */
  readonly remindAt?: number;
  /** Why a reminder is due that nobody asked for. */
  readonly remindCause?: 'UnusuallyLong';
  /** Whether somebody is told when the run becomes unusually long. @default true */
  readonly unusuallyLong?: false;
  /** When the reminder became due and its alert was put on record. */
  readonly remindedAt?: number;
  readonly state: State;
  readonly reason?: string;
  readonly containsIssues?: boolean;
  readonly logsUrl?: string;
  /** What the run's logs say, of an end that calls for them; see `callsForLogs`. */
  readonly logs?: RunLogs;
  /** Rises by one on every write; every write is conditional on the version it was decided on. */
  readonly version: number;
  readonly transitions: readonly Transition[];
  /** How many transitions were left out of the middle of `transitions`. */
  readonly transitionsDropped?: number;
  readonly missing?: Missing;
  /** Checks that went wrong since the last one that went right. */
  readonly failedChecks?: number;
  readonly lastError?: CheckError & { readonly at: number };
  /** When the last check before what has gone wrong was made, at the earliest (ms since the epoch). */
  readonly checkedAt?: number;
  /** When the last check met a limit of upstream's (ms since the epoch). */
  readonly limitedAt?: number;
  /** Upstream does not want to be asked about this run before (ms since the epoch). */
  readonly notBefore?: number;
  /** Reading of the awake clock (ms) at the first check past `timeoutAt` without a valid answer. */
  readonly overdueSince?: number;
  /** Alerts on record and not yet known to be published: alert id → kind. */
  readonly owed?: Readonly<Record<string, AlertKind>>;
  /** What was published, oldest first. */
  readonly alerts?: readonly PublishedAlert[];
  readonly endedAt?: number;
  /** How long (ms) a run took that upstream has ended, as `runLength` has it. */
  readonly runLength?: number;
  /** What was usual of such runs when this one was first seen, or has ended. Absent: not known. */
  readonly usual?: UsualLength;
  /** Who cancelled the job, where that is how it ended. */
  readonly cancelledBy?: string;
  /** Made up to try the alerts out: there is no such run, and nothing is asked about it. */
  readonly isTest?: boolean;
}

/** How many transitions it takes at most to see when the run began. */
const FIRST_TRANSITIONS = 5;

/**
 * What was seen of a run in its last watch. By time alone the end of the one before would seem to be of it, where the
 * clock was set back, and what a clock that is behind saw would not: time tells where the begin may not be kept.
 */
export function seenInWatch(
  job: Pick<Job, 'transitions' | 'transitionsDropped' | 'registeredAt'>,
): readonly Transition[] {
  const begin = job.transitions.findLastIndex(({ to }) => to === 'Registered');
  const seen = job.transitions.slice(begin + 1);
  return job.transitionsDropped ? seen.filter(({ at }) => at >= job.registeredAt) : seen;
}

/** When a run was first seen `Running` (ms since the epoch), where one of the first transitions tells. */
export function runningSince({ transitions }: Pick<Job, 'transitions'>): number | undefined {
  return transitions.slice(0, FIRST_TRANSITIONS).find(({ to }) => to === 'Running')?.at;
}

/** What the indexes hold of a job: all that a check, a list by time or a statistic must know of it. */
const INDEXED = [
  'jobId',
  'kind',
  'connectionId',
  'connectionType',
  'iModelId',
  'label',
  'state',
  'containsIssues',
  'version',
  'registeredAt',
  'startedAt',
  'isQuietIfOver',
  'timeoutAt',
  'remindAt',
  'remindedAt',
  'endedAt',
  'runLength',
  'missing',
  'failedChecks',
  'limitedAt',
  'notBefore',
  'overdueSince',
  'owed',
] as const satisfies readonly (keyof Job)[];

/** What a check must know of a job beforehand, as the indexes hold it. */
export type WatchedJob = Pick<Job, (typeof INDEXED)[number]>;

/** A job as the indexes hold it. */
export function watchedJob(job: Job): WatchedJob {
  return pick(job, ...INDEXED);
}

/**
 * Where a job stands among what is pending: by its iModel, else first of all, then by its id. A watched
 * iModel has the place right before its jobs.
 */
export function placeOf({
  iModelId = '',
  jobId = '',
}: Partial<Pick<Job, 'jobId' | 'iModelId'>>): string {
  return `${iModelId}#${jobId}`;
}

/** How long (ms) a job stays on record after it ended. */
export const RETENTION = 90 * DAY;
/** How long (ms) one that was only made up to try the alerts out does. */
const TEST_RETENTION = DAY;

/** What the monitor still has to do for a job: check it, or publish what is owed for its end. */
export type Watch = 'check' | 'alert';

/** The one place that says what a job is still watched for; undefined when its watch is over. */
export function watchOf(job: Pick<Job, 'state' | 'owed' | 'isTest'>): Watch | undefined {
  if (!isTerminal(job.state) && !job.isTest) return 'check';
  return owedAlerts(job).length > 0 ? 'alert' : undefined;
}

/** When a job goes off the record (ms since the epoch): never while it is watched. */
export function expiresAt(
  job: Pick<Job, 'state' | 'owed' | 'endedAt' | 'isTest'>,
): number | undefined {
  if (watchOf(job) !== undefined || job.endedAt === undefined) return undefined;
  return job.endedAt + (job.isTest ? TEST_RETENTION : RETENTION);
}

/** The ids of the alerts that are on record and not yet known to be published. */
export function owedAlerts(job: Pick<Job, 'owed'>): string[] {
  return Object.keys(job.owed ?? {});
}

/**
 * Whether upstream had ended the run by the first check that saw it: when it ended is not known then,
 * only that it was before that check.
 */
export function hadEndedWhenFirstSeen(job: Pick<Job, 'state' | 'transitions'>): boolean {
  const { state, transitions } = job;
  const last = transitions.at(-1);
  const isFirst = last?.to === state && !isSeen(last.from);
  return isFirst && isTerminal(state) && !isEndedByMonitor(state);
}

/** Whether a job that has ended was ever in a state of upstream that was no end, in this watch or one before. */
export function wasEverSeen({ transitions }: Pick<Job, 'transitions'>): boolean {
  return transitions.some(({ from }) => isSeen(from) && !isTerminal(from));
}

/** Whether a pending job has come to the time at which somebody wanted to be reminded of it. */
export function isReminderDue({ state, isQuietIfOver, remindAt }: WatchedJob, now: number) {
  return !isTerminal(state) && !isQuietIfOver && remindAt !== undefined && now >= remindAt;
}

/** Whether the last checks of a pending job, or its answers, went wrong. */
export function isTroubled(
  job: Pick<Job, 'missing' | 'failedChecks' | 'limitedAt' | 'overdueSince'>,
): boolean {
  const { missing, failedChecks, limitedAt, overdueSince } = job;
  return [missing, failedChecks, limitedAt, overdueSince].some((trouble) => trouble !== undefined);
}

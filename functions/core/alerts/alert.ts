import type { AlertKind, Job, Missing, Transition, UsualLength } from '../jobs/job.ts';
import { isEndedByMonitor, isTerminal, type State } from '../jobs/states.ts';
import type { PathParameters } from '../kinds/kind.ts';
import { DEFAULT_KIND, type KindName, kindOf } from '../kinds/kinds.ts';
import { omit, pick } from '../objects.ts';
import { isUnusuallyShort } from '../statistics/lengths.ts';
import { isoTime } from '../time.ts';
import { callsForLogs, issuesIn, type RunLogs } from './log-digest.ts';

/** Everything an alert may speak of. Times are ms since the epoch. */
export interface Alert extends PathParameters {
  readonly id: string;
  readonly kind: AlertKind;
  /** Only made up to try the alerts out. */
  readonly isTest?: boolean;
  readonly jobId: string;
  readonly jobKind: KindName;
  /** The iModel that the run belongs to, where that is known. */
  readonly iModelId?: string;
  /** Outside text. */
  readonly iModelName?: string;
  /** When upstream says that the run began. */
  readonly startedAt?: number;
  /** What is usual of such runs. */
  readonly usual?: UsualLength;
  /** Of a reminder that nobody asked for. */
  readonly remindCause?: Job['remindCause'];
  readonly label?: string;
  readonly registeredAt: number;
  /** When the watch gives up; of a job that was reopened since, as the new registration has it. */
  readonly timeoutAt: number;
  /** The terminal state, and when and why the job got there; of a reminder, where it stands. */
  readonly state: State;
  /** When the job ended, or the reminder was due. */
  readonly at: number;
  readonly reason?: string;
  /** Of a reminder: upstream answers that the run is not there, or not for us to see. */
  readonly missing?: Missing;
  /** As upstream says, or the logs do where it does not. */
  readonly containsIssues?: boolean;
  readonly logsUrl?: string;
  /** What the logs say, where `lacksLogs`; absent when nobody has tried to read them. */
  readonly logs?: RunLogs;
  readonly transitions: readonly Transition[];
  readonly transitionsDropped?: number;
  /** In which people are told times; an IANA name. @default 'UTC' */
  readonly timeZone?: string;
  /** Where people find the page, with a slash at its end; absent where nobody can. */
  readonly pageUrl?: string;
}

const KEPT_ALERTS = 20;

/**
 * The id of the alert owed by the write that made `version` of a job. Never used twice: versions
 * only rise, and a job that expired and comes back has another time of registration.
 */
export function alertId(job: Pick<Job, 'jobId' | 'registeredAt'>, version: number): string {
  return `${job.jobId}/${isoTime(job.registeredAt)}/${version}`;
}

/** The alert that a job owes under an id. */
export function alertOf(job: Job, id: string): Alert {
  const kind = job.owed?.[id] ?? 'Ended';
  return {
    id,
    kind,
    jobKind: job.kind ?? DEFAULT_KIND,
    ...pick(job, 'isTest', 'jobId', 'connectionId', 'connectionType'),
    ...pick(job, 'iModelId', 'iModelName', 'startedAt'),
    ...pick(job, 'label', 'timeoutAt', 'transitionsDropped'),
    registeredAt: registrationIn(id),
    ...(kind === 'StillRunning' ? standing(job) : end(job, id)),
  };
}

type Outcome = Omit<
  Alert,
  'id' | 'kind' | 'jobId' | 'jobKind' | 'label' | 'registeredAt' | 'timeoutAt'
>;

/** How a job stands now: what a reminder is about. */
function standing(job: Job): Outcome {
  return {
    state: job.state,
    at: job.remindedAt ?? job.registeredAt,
    ...pick(job, 'reason', 'missing', 'containsIssues', 'logsUrl', 'usual', 'remindCause'),
    transitions: job.transitions,
  };
}

/**
 * How a job ended, told from the transition that owes the alert: a job may have been reopened before
 * its last end could be published.
 */
function end(job: Job, id: string): Outcome {
  const version = Number(id.split('/').at(-1));
  const found = job.transitions.find((transition) => transition.version === version);
  const isCurrent = found === undefined || found === job.transitions.at(-1);
  return {
    state: found?.to ?? job.state,
    at: found?.at ?? job.endedAt ?? job.registeredAt,
    ...pick(found ?? job, 'reason'),
    ...(isCurrent && pick(withIssues(job), 'containsIssues', 'logsUrl', 'logs', 'usual')),
    transitions: found
      ? job.transitions.slice(0, job.transitions.indexOf(found) + 1)
      : job.transitions,
  };
}

function registrationIn(id: string): number {
  return Date.parse(id.split('/')[1] ?? '');
}

/** Whether the logs of a job's run are to be read before somebody is told of its end. */
export function lacksLogs(job: Job): boolean {
  const { state, logs, isTest = false } = job;
  if (!isTerminal(state) || logs !== undefined || isTest) return false;
  const { logs: kept } = kindOf(job);
  return (
    kept !== undefined && (callsForLogs(job) || (!isEndedByMonitor(state) && kept.aloneTellIssues))
  );
}

/** A job of which upstream does not say whether there are issues, as its logs have it. */
function withIssues(job: Job): Job {
  const { containsIssues = job.logs && issuesIn(job.logs) } = job;
  return containsIssues !== undefined && kindOf(job).logs?.aloneTellIssues
    ? { ...job, containsIssues }
    : job;
}

/** What was found out to explain an alert; it stays with the job. */
export type Explanation = Pick<Job, 'logs' | 'iModelName'>;

/**
 * A job once the topic has accepted these of its owed alerts (`now`: ms since the epoch), with what
 * explained them, unless that is on record already.
 */
export function markPublished(
  job: Job,
  ids: readonly string[],
  now: number,
  { logs, iModelName = job.iModelName }: Explanation = {},
): Job {
  const marked = ids.filter((id) => job.owed?.[id] !== undefined);
  if (marked.length === 0) return job;
  const left = omit(job.owed ?? {}, ...marked);
  const published = marked.map((id) => ({ id, kind: job.owed?.[id] ?? 'Ended', at: now }) as const);
  const explained = logs && lacksLogs(job) ? withIssues({ ...job, logs }) : job;
  return {
    ...omit(explained, 'owed'),
    ...(iModelName !== undefined && { iModelName }),
    ...(Object.keys(left).length > 0 && { owed: left }),
    alerts: [...(job.alerts ?? []), ...published].slice(-KEPT_ALERTS),
    version: job.version + 1,
  };
}

/** Whether upstream said how the run ended, as far as it did. */
export function isEndKnown({ kind, state }: Alert): boolean {
  return kind === 'Ended' && !isEndedByMonitor(state);
}

/**
 * Whether there are issues. What upstream would say of a kind and does not, or has no way to say, there
 * is not; where only the logs could say and were not read, it is not known.
 */
export function issuesOf({ jobKind, containsIssues }: Alert): 'true' | 'false' | 'unknown' {
  if (containsIssues === undefined && kindOf({ kind: jobKind }).logs?.aloneTellIssues)
    return 'unknown';
  return containsIssues ? 'true' : 'false';
}

/** Whether the alert is of a run that is, or was, of an unusual length. */
export function unusualLength(alert: Alert): 'Long' | 'Short' | undefined {
  if (alert.kind === 'StillRunning') return alert.remindCause && 'Long';
  return isUnusuallyShort(alert, alert.at) ? 'Short' : undefined;
}

/** Whether there is nothing more to tell than that all went well. */
export function isCleanSuccess(alert: Alert): boolean {
  return alert.kind === 'Ended' && alert.state === 'Succeeded' && issuesOf(alert) === 'false';
}

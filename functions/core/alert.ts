import { isoTime } from './durations.ts';
import type { AlertKind, Job, Transition } from './job.ts';
import { omit } from './omit.ts';
import type { State } from './states.ts';

/** Everything an alert may speak of. Times are ms since the epoch. */
export interface Alert {
  readonly id: string;
  readonly kind: AlertKind;
  readonly jobId: string;
  readonly label?: string;
  readonly registeredAt: number;
  /** The terminal state, and when and why the job got there. */
  readonly state: State;
  readonly at: number;
  readonly reason?: string;
  readonly containsIssues?: boolean;
  readonly logsUrl?: string;
  readonly transitions: readonly Transition[];
  readonly transitionsDropped?: number;
}

const KEPT_ALERTS = 20;

/**
 * The id of the alert owed by the write that made `version` of a job. Never used twice: versions
 * only rise, and a job that expired and comes back has another time of registration.
 */
export function alertId(job: Pick<Job, 'jobId' | 'registeredAt'>, version: number): string {
  return `${job.jobId}/${isoTime(job.registeredAt)}/${version}`;
}

/**
 * The alert that a job owes under an id. It is told from the transition that owed it, since a job
 * may have been reopened before its last end could be published.
 */
export function alertOf(job: Job, id: string): Alert {
  const [, registered = '', version] = id.split('/');
  const end = job.transitions.find((transition) => transition.version === Number(version));
  const isCurrent = end === undefined || end === job.transitions.at(-1);
  const reason = end ? end.reason : job.reason;
  return {
    id,
    kind: job.owed?.[id] ?? 'Ended',
    jobId: job.jobId,
    ...(job.label !== undefined && { label: job.label }),
    registeredAt: Date.parse(registered),
    state: end?.to ?? job.state,
    at: end?.at ?? job.endedAt ?? job.registeredAt,
    ...(reason !== undefined && { reason }),
    ...(isCurrent && job.containsIssues !== undefined && { containsIssues: job.containsIssues }),
    ...(isCurrent && job.logsUrl !== undefined && { logsUrl: job.logsUrl }),
    transitions: end ? job.transitions.slice(0, job.transitions.indexOf(end) + 1) : job.transitions,
    ...(job.transitionsDropped !== undefined && { transitionsDropped: job.transitionsDropped }),
  };
}

/** A job once the topic has accepted these of its owed alerts (`now`: ms since the epoch). */
export function markPublished(job: Job, ids: readonly string[], now: number): Job {
  const marked = ids.filter((id) => job.owed?.[id] !== undefined);
  if (marked.length === 0) return job;
  const left = omit(job.owed ?? {}, ...marked);
  const published = marked.map((id) => ({ id, kind: job.owed?.[id] ?? 'Ended', at: now }) as const);
  return {
    ...omit(job, 'owed'),
    ...(Object.keys(left).length > 0 && { owed: left }),
    alerts: [...(job.alerts ?? []), ...published].slice(-KEPT_ALERTS),
    version: job.version + 1,
  };
}

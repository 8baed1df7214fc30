import type { Listeners } from '../core/listeners.ts';
import type { PauseReason } from '../core/pause.ts';

/** How a sweep ended. */
export type SweepOutcome =
  | 'Completed'
  /** Another sweep was under way: nothing was done. */
  | 'LeaseHeld'
  /** Owed alerts were published, but no job was checked. */
  | 'Paused'
  /** It took longer than its lease; somebody else has written the checkpoint since. */
  | 'Overstayed';

/** What one sweep did, in numbers: what metrics and the log line are made of. */
export interface SweepReport {
  outcome: SweepOutcome;
  /** Requests to upstream, for a status or for logs. */
  requests: number;
  /** Jobs that got an answer. */
  checks: number;
  failedChecks: number;
  transitions: number;
  /** Jobs that reached a terminal state. */
  jobsEnded: number;
  /** Answers with a state that the monitor does not know. */
  unknownStates: number;
  /** Writes dropped because somebody else was first. */
  lostConditions: number;
  alertsPublished: number;
  /** Of these, published without outside text because the topic refused the full alert. */
  bareAlerts: number;
  alertsFailed: number;
  /** Ends that call for logs, of which none could be read. */
  logsUnread: number;
  /** 401 answers to a renewed token. */
  refusals: number;
  rateLimited: number;
  credentialsRefused: number;
  upstreamDown: number;
  upstreamFaults: number;
  /** Errors of our own side: a table that does not answer, or a defect. */
  errors: number;
  /** Jobs settled so far in the pass under way, or in the one just completed. */
  pending: number;
  passesCompleted: number;
  /** The pause that was in force, or that began. */
  pausedFor?: PauseReason;
  /** How old (ms) the oldest alert is that this sweep met and could not publish. */
  oldestOwed: number;
  /** How late checks are; see `lateness`. Absent while paused, and before the first pass. */
  lateness?: number;
  /** Who gets alerts, as of the last look; absent before the first. */
  listeners?: Listeners;
}

/** The report of a sweep that has done nothing yet. */
export function emptyReport(): SweepReport {
  return {
    outcome: 'Completed',
    requests: 0,
    checks: 0,
    failedChecks: 0,
    transitions: 0,
    jobsEnded: 0,
    unknownStates: 0,
    lostConditions: 0,
    alertsPublished: 0,
    bareAlerts: 0,
    alertsFailed: 0,
    logsUnread: 0,
    refusals: 0,
    rateLimited: 0,
    credentialsRefused: 0,
    upstreamDown: 0,
    upstreamFaults: 0,
    errors: 0,
    pending: 0,
    passesCompleted: 0,
    oldestOwed: 0,
  };
}

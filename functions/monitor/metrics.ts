import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Listeners, lostListeners } from '../core/alerts/listeners.ts';
import type { PauseReason } from '../core/sweeps/pause.ts';
import { SECOND } from '../core/time.ts';

/** How a sweep ended. */
type SweepOutcome =
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
  /** Optional fields of answers that were not of their documented type. */
  fieldsLeftOut: number;
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
  /** Jobs done so far in the pass under way, or in the one just completed. */
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
    fieldsLeftOut: 0,
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

/** What of a report becomes a metric of the same name, capitalized; those at zero are left out. */
const COUNTERS = [
  'requests',
  'checks',
  'failedChecks',
  'transitions',
  'jobsEnded',
  'unknownStates',
  'lostConditions',
  'alertsPublished',
  'bareAlerts',
  'alertsFailed',
  'logsUnread',
  'refusals',
  'errors',
  'passesCompleted',
] as const satisfies readonly (keyof SweepReport)[];

/** A sweep is completed when it has saved how far it came, were it only that it is paused. */
const OUTCOMES = {
  Completed: ['SweepsCompleted'],
  Paused: ['SweepsCompleted', 'SweepsPaused'],
  LeaseHeld: ['LeasesHeld'],
  Overstayed: ['SweepsOverstayed'],
} as const satisfies Record<SweepReport['outcome'], readonly string[]>;

/**
 * Adds what a sweep did to the metrics: counts, but for `OldestOwedAlert` (seconds) and `Lateness` (a
 * ratio). `Listeners` and `ListenersLost` are told by every sweep, looked up now and then. `PausedFor…`
 * is 1 for every sweep that such a pause holds up, so that its alarm stays on for as long as the
 * trouble does.
 */
export function addSweepMetrics(metrics: Metrics, report: SweepReport): void {
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  for (const name of OUTCOMES[report.outcome]) count(name, 1);
  if (report.outcome === 'Completed') count('Pending', report.pending);
  if (report.pausedFor) count(`PausedFor${report.pausedFor}`, 1);
  if (report.lateness !== undefined) {
    metrics.addMetric('Lateness', MetricUnit.NoUnit, report.lateness);
  }
  if (report.listeners) {
    count('Listeners', report.listeners.confirmed);
    count('ListenersLost', lostListeners(report.listeners));
  }
  if (report.oldestOwed > 0) {
    metrics.addMetric('OldestOwedAlert', MetricUnit.Seconds, report.oldestOwed / SECOND);
  }
  for (const name of COUNTERS) {
    if (report[name] > 0) count(name.charAt(0).toUpperCase() + name.slice(1), report[name]);
  }
}

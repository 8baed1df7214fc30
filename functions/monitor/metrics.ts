import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Listeners } from '../core/alerts/listeners.ts';
import type { PauseReason } from '../core/sweeps/pause.ts';

/** How a sweep ended. */
type SweepOutcome =
  | 'Completed'
  /** Another sweep was under way: nothing was done. */
  | 'LeaseHeld'
  /** A follow-up that came when its minute was as good as over: nothing was done. */
  | 'TooLate'
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
  /** Pages of lists of runs that were read. */
  listings: number;
  /** Lists of runs that could not be read. */
  listingsFailed: number;
  /** Watched iModels whose lists were in trouble, of those that the sweep came by. */
  iModelsInTrouble: number;
  /** Runs of watched iModels that were found. */
  runsFound: number;
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
  noticesPublished: number;
  /** Notices to the operator that the topic did not take. */
  noticesFailed: number;
  digestsPublished: number;
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
    listings: 0,
    listingsFailed: 0,
    iModelsInTrouble: 0,
    runsFound: 0,
    fieldsLeftOut: 0,
    unknownStates: 0,
    lostConditions: 0,
    alertsPublished: 0,
    bareAlerts: 0,
    alertsFailed: 0,
    noticesPublished: 0,
    noticesFailed: 0,
    digestsPublished: 0,
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
  'jobsEnded',
  'alertsPublished',
] as const satisfies readonly (keyof SweepReport)[];

/**
 * Adds what a sweep did to the metrics: counts, but for `Lateness` (a ratio). They are few, since each
 * costs by the month; the log line of the sweep has all of its report. A sweep is completed when it
 * has saved how far it came, were it only that it is paused, and told the operator what it had to: else
 * nobody would hear of a topic that takes nothing but the alarm that CloudWatch rings for want of sweeps.
 */
export function addSweepMetrics(metrics: Metrics, report: SweepReport): void {
  const { outcome, pending, lateness, listeners, noticesFailed } = report;
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  const isWhole = outcome === 'Completed' || outcome === 'Paused';
  if (isWhole && noticesFailed === 0) count('SweepsCompleted', 1);
  if (outcome === 'Completed') count('Pending', pending);
  if (lateness !== undefined) metrics.addMetric('Lateness', MetricUnit.NoUnit, lateness);
  if (listeners) count('Listeners', listeners.confirmed);
  for (const name of COUNTERS) {
    if (report[name] > 0) count(name.charAt(0).toUpperCase() + name.slice(1), report[name]);
  }
}

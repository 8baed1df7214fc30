import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SECOND } from '../core/durations.ts';
import { lostListeners } from '../core/listeners.ts';
import type { SweepReport } from './sweep-report.ts';

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

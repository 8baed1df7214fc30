import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SweepReport } from './sweep-report.ts';

/** Metrics that count what a sweep did; those at zero are left out. */
const COUNTERS = {
  requests: 'Requests',
  checks: 'Checks',
  failedChecks: 'FailedChecks',
  transitions: 'Transitions',
  ended: 'JobsEnded',
  unknownStates: 'UnknownStates',
  lostConditions: 'LostConditions',
  alertsPublished: 'AlertsPublished',
  bareAlerts: 'BareAlerts',
  alertsFailed: 'AlertsFailed',
  refusals: 'Refusals',
  rateLimited: 'RateLimited',
  credentialsRefused: 'CredentialsRefused',
  upstreamDown: 'UpstreamDown',
  upstreamFaults: 'UpstreamFaults',
  errors: 'Errors',
  passesCompleted: 'PassesCompleted',
} as const satisfies Partial<Record<keyof SweepReport, string>>;

const OUTCOMES = {
  Completed: 'SweepsCompleted',
  LeaseHeld: 'LeasesHeld',
  Paused: 'SweepsPaused',
  Overstayed: 'SweepsOverstayed',
} as const satisfies Record<SweepReport['outcome'], string>;

/** Adds what a sweep did to the metrics (all counts). */
export function addSweepMetrics(metrics: Metrics, report: SweepReport): void {
  metrics.addMetric(OUTCOMES[report.outcome], MetricUnit.Count, 1);
  if (report.outcome === 'Completed') {
    metrics.addMetric('Pending', MetricUnit.Count, report.pending);
  }
  for (const [key, name] of Object.entries(COUNTERS)) {
    const value = report[key as keyof typeof COUNTERS];
    if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
  }
}

import { Metrics } from '@aws-lambda-powertools/metrics';
import { expect, it } from 'vitest';
import { addSweepMetrics } from '../../../functions/monitor/metrics.ts';
import { emptyReport, type SweepReport } from '../../../functions/monitor/sweep-report.ts';

/** What CloudWatch gets to see of a sweep. */
function metricsOf(report: Partial<SweepReport>): Record<string, unknown> {
  const metrics = new Metrics({ namespace: 'Test', serviceName: 'monitor' });
  addSweepMetrics(metrics, { ...emptyReport(), ...report });
  const { _aws, ...values } = metrics.serializeMetrics();
  const { service, ...counts } = values;
  const declared = _aws.CloudWatchMetrics.flatMap(({ Metrics: list }) => list);
  expect(declared.map(({ Name }) => Name).toSorted()).toEqual(Object.keys(counts).toSorted());
  expect(new Set(declared.map(({ Unit }) => Unit))).toEqual(new Set(['Count']));
  expect(service).toBe('monitor');
  return counts;
}

it('every count of a sweep is a metric of its own', () => {
  expect(
    metricsOf({
      requests: 1,
      checks: 2,
      failedChecks: 3,
      transitions: 4,
      ended: 5,
      unknownStates: 6,
      lostConditions: 7,
      alertsPublished: 8,
      bareAlerts: 9,
      alertsFailed: 10,
      refusals: 11,
      rateLimited: 12,
      credentialsRefused: 13,
      upstreamDown: 14,
      upstreamFaults: 15,
      errors: 16,
      pending: 17,
      passesCompleted: 18,
    }),
  ).toEqual({
    SweepsCompleted: 1,
    Requests: 1,
    Checks: 2,
    FailedChecks: 3,
    Transitions: 4,
    JobsEnded: 5,
    UnknownStates: 6,
    LostConditions: 7,
    AlertsPublished: 8,
    BareAlerts: 9,
    AlertsFailed: 10,
    Refusals: 11,
    RateLimited: 12,
    CredentialsRefused: 13,
    UpstreamDown: 14,
    UpstreamFaults: 15,
    Errors: 16,
    Pending: 17,
    PassesCompleted: 18,
  });
});

it('what did not happen is left out, but that nothing is pending is told', () => {
  expect(metricsOf({})).toEqual({ SweepsCompleted: 1, Pending: 0 });
});

it.each([
  ['LeaseHeld', 'LeasesHeld'],
  ['Paused', 'SweepsPaused'],
  ['Overstayed', 'SweepsOverstayed'],
] as const)(
  'a sweep that ended as %s counts as %s and tells nothing of pending jobs',
  (outcome, name) => {
    expect(metricsOf({ outcome, pending: 0 })).toEqual({ [name]: 1 });
  },
);

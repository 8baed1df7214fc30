import { Metrics } from '@aws-lambda-powertools/metrics';
import { expect, it } from 'vitest';
import {
  addSweepMetrics,
  emptyReport,
  type SweepReport,
} from '../../../functions/monitor/metrics.ts';

/** What CloudWatch gets to see of a sweep. */
function metricsOf(report: Partial<SweepReport>): Record<string, unknown> {
  const metrics = new Metrics({ namespace: 'Test', serviceName: 'monitor' });
  addSweepMetrics(metrics, { ...emptyReport(), ...report });
  const { _aws, ...values } = metrics.serializeMetrics();
  const { service, ...counts } = values;
  const declared = _aws.CloudWatchMetrics.flatMap(({ Metrics: list }) => list);
  expect(declared.map(({ Name }) => Name).toSorted()).toEqual(Object.keys(counts).toSorted());
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
      jobsEnded: 5,
      unknownStates: 6,
      lostConditions: 7,
      alertsPublished: 8,
      bareAlerts: 9,
      alertsFailed: 10,
      refusals: 11,
      errors: 12,
      pending: 13,
      passesCompleted: 14,
      logsUnread: 16,
      oldestOwed: 15_000,
      lateness: 0.16,
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
    Errors: 12,
    Pending: 13,
    PassesCompleted: 14,
    LogsUnread: 16,
    OldestOwedAlert: 15,
    Lateness: 0.16,
  });
});

it('what did not happen is left out, but that nothing is pending is told', () => {
  expect(metricsOf({})).toEqual({ SweepsCompleted: 1, Pending: 0 });
});

it('who gets alerts is told, be it nobody, and who should and does not', () => {
  const looked = { checkedAt: 0, confirmed: 0, pending: 4, unconfirmed: 1, vanished: 2 };
  expect(metricsOf({ listeners: looked })).toMatchObject({ Listeners: 0, ListenersLost: 3 });
});

it('a paused sweep is completed too, and tells what it is paused for', () => {
  expect(metricsOf({ outcome: 'Paused', pausedFor: 'CredentialsRefused' })).toEqual({
    SweepsCompleted: 1,
    SweepsPaused: 1,
    PausedForCredentialsRefused: 1,
  });
});

it.each([
  ['LeaseHeld', 'LeasesHeld'],
  ['Overstayed', 'SweepsOverstayed'],
] as const)('a sweep that ended as %s counts as %s and as not completed', (outcome, name) => {
  expect(metricsOf({ outcome })).toEqual({ [name]: 1 });
});

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

it('what shows at a glance how it goes is a metric, and no more: each costs by the month', () => {
  const listeners = { checkedAt: 0, confirmed: 7, pending: 4, unconfirmed: 1, vanished: 2 };
  expect(
    metricsOf({
      requests: 1,
      checks: 2,
      failedChecks: 3,
      jobsEnded: 5,
      alertsPublished: 8,
      errors: 12,
      pending: 13,
      lateness: 0.16,
      listeners,
    }),
  ).toEqual({
    SweepsCompleted: 1,
    Requests: 1,
    Checks: 2,
    FailedChecks: 3,
    JobsEnded: 5,
    AlertsPublished: 8,
    Pending: 13,
    Lateness: 0.16,
    Listeners: 7,
  });
});

it('what did not happen is left out, but that nothing is pending is told', () => {
  expect(metricsOf({})).toEqual({ SweepsCompleted: 1, Pending: 0 });
});

it('that nobody gets alerts is told', () => {
  const looked = { checkedAt: 0, confirmed: 0, pending: 4, unconfirmed: 1, vanished: 2 };
  expect(metricsOf({ listeners: looked })).toMatchObject({ Listeners: 0 });
});

it('a paused sweep is completed too; one that held no lease, outstayed it or told nobody is not', () => {
  expect(metricsOf({ outcome: 'Paused', pausedFor: 'CredentialsRefused' })).toEqual({
    SweepsCompleted: 1,
  });
  expect(metricsOf({ noticesFailed: 1 }), 'whom would it tell?').toEqual({ Pending: 0 });
  expect(metricsOf({ outcome: 'LeaseHeld' })).toEqual({});
  expect(metricsOf({ outcome: 'Overstayed' })).toEqual({});
});

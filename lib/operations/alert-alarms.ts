import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { AlarmSpecs } from './alarm-spec.ts';
import { monitorMetric, SMS_SPEND } from './metrics.ts';

/** The most that the alert of a job that ended may be late (seconds). */
const MAX_OWED = 600;

/**
 * Do alerts get through, and to somebody?
 *
 * @param smsMonthlyQuota USD
 */
export function alertAlarms(topic: ITopic, smsMonthlyQuota: number): AlarmSpecs {
  return {
    // Each failure comes after three attempts, and until it is made up for somebody waits for news.
    AlertsFailed: {
      meaning: 'The topic did not accept an alert. It stays owed and is published again.',
      metric: monitorMetric('AlertsFailed'),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    AlertsOverdue: {
      meaning: 'An alert has been owed for 10 minutes: somebody does not know that a job ended.',
      metric: monitorMetric('OldestOwedAlert', { statistic: Stats.MAXIMUM }),
      threshold: MAX_OWED,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    // SNS has given up by then, and nothing of ours tries again.
    AlertsUndelivered: {
      meaning: 'SNS could not deliver an alert to one of its receivers.',
      metric: topic.metricNumberOfNotificationsFailed(),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    ...listenerAlarms(),
    // There is a figure only when SMS are sent: without one, what is spent is still spent.
    SmsQuotaNearlySpent: {
      meaning:
        'SMS have cost 80 % of what SNS may spend on them in a month. Beyond that it sends none.',
      metric: SMS_SPEND,
      threshold: 0.8 * smsMonthlyQuota,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    },
  };
}

/** Is there somebody who gets alerts, and everybody who should? */
function listenerAlarms(): AlarmSpecs {
  return {
    // Each sweep tells what the last look told, and there is a look every 15 minutes: it is no blip.
    NobodyListening: {
      meaning: 'Nobody gets alerts: the topic has no confirmed subscription.',
      metric: monitorMetric('Listeners', { statistic: Stats.MAXIMUM }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    ListenersLost: {
      meaning:
        'Somebody should get alerts and does not: a subscription has vanished, or was not confirmed ' +
        'for a day.',
      metric: monitorMetric('ListenersLost', { statistic: Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

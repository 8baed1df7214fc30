import { type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import { graph } from './graph.ts';

const statistic = Stats.MAXIMUM;
const width = 6;

/** Is it watching, how far behind, and are people told? */
export function watchingRow(alertTopic: ITopic): IWidget[] {
  return [
    graph({
      title: 'Is it watching? Sweeps',
      metrics: [
        monitorMetric('SweepsCompleted'),
        monitorMetric('SweepsPaused'),
        monitorMetric('LeasesHeld'),
        monitorMetric('SweepsOverstayed'),
        monitorMetric('Errors'),
      ],
      width,
    }),
    graph({
      title: 'How far behind? Lateness, late from 2 on',
      metrics: [monitorMetric('Lateness', { statistic })],
      right: [monitorMetric('Pending', { statistic }), monitorMetric('PassesCompleted')],
      width,
    }),
    graph({
      title: 'Are people told? Alerts',
      metrics: [
        monitorMetric('AlertsPublished'),
        monitorMetric('BareAlerts'),
        monitorMetric('AlertsFailed'),
        monitorMetric('LogsUnread'),
        alertTopic.metricNumberOfNotificationsDelivered({ label: 'Delivered by SNS' }),
        alertTopic.metricNumberOfNotificationsFailed({ label: 'Not delivered by SNS' }),
        alertTopic.metricNumberOfNotificationsFilteredOut({ label: 'Filtered out' }),
      ],
      right: [monitorMetric('OldestOwedAlert', { statistic, label: 'Oldest owed (s)' })],
      width,
    }),
    graph({
      title: 'Are people told? Subscriptions',
      metrics: [
        monitorMetric('Listeners', { statistic, label: 'Confirmed' }),
        monitorMetric('ListenersLost', { statistic, label: 'Vanished or unconfirmed' }),
      ],
      width,
    }),
  ];
}

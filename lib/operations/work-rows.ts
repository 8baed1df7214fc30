import {
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { apiMetric, monitorMetric } from './metrics.ts';

/** Is it watching, how far behind, and are people told? */
export function watchingRow(alertTopic: ITopic): IWidget[] {
  const statistic = Stats.MAXIMUM;
  return [
    graph({
      title: 'Is it watching?',
      metrics: [monitorMetric('SweepsCompleted', { label: 'Sweeps' })],
      right: [monitorMetric('Pending', { statistic })],
    }),
    graph({
      title: 'How far behind? Late from 2 on',
      metrics: [monitorMetric('Lateness', { statistic })],
    }),
    graph({
      title: 'Are people told?',
      metrics: [
        monitorMetric('AlertsPublished'),
        alertTopic.metricNumberOfNotificationsDelivered({ label: 'Delivered by SNS' }),
        alertTopic.metricNumberOfNotificationsFailed({ label: 'Not delivered by SNS' }),
        alertTopic.metricNumberOfNotificationsFilteredOut({ label: 'Filtered out' }),
      ],
      right: [monitorMetric('Listeners', { statistic, label: 'Who gets alerts' })],
    }),
  ];
}

/**
 * What ended how? The log tells it, and more of it than metrics could.
 *
 * @param log the monitor's
 */
export function outcomeRow(log: ILogGroup): IWidget[] {
  const logGroupNames = [log.logGroupName];
  const isEnd = 'filter message = "A job ended"';
  return [
    new LogQueryWidget({
      title: 'What ended how?',
      logGroupNames,
      queryLines: [isEnd, 'stats count(*) as jobs by to'],
      view: LogQueryVisualizationType.PIE,
      width: 6,
    }),
    new LogQueryWidget({
      title: 'What ended last?',
      logGroupNames,
      queryLines: [
        'fields @timestamp, to, label, jobId, reason',
        isEnd,
        'sort @timestamp desc',
        'limit 20',
      ],
      width: 10,
    }),
    graph({
      title: 'How many?',
      metrics: [apiMetric('JobsRegistered'), monitorMetric('JobsEnded')],
    }),
  ];
}

/** Is upstream well? */
export function upstreamRow(log: ILogGroup): IWidget[] {
  return [
    graph({
      title: 'Is upstream well? Checks',
      metrics: [monitorMetric('Checks'), monitorMetric('FailedChecks')],
      width: 12,
    }),
    new LogQueryWidget({
      title: 'What held sweeps up?',
      logGroupNames: [log.logGroupName],
      queryLines: [
        'fields @timestamp, report.pausedFor as reason',
        'filter message = "A sweep ended" and ispresent(report.pausedFor)',
        'stats count(*) as sweeps by reason',
      ],
      width: 12,
    }),
  ];
}

/** What a {@link graph} shows. */
export interface GraphProps {
  readonly title: string;
  readonly metrics: IMetric[];

  /**
   * Metrics of another order of magnitude, with an axis of their own.
   *
   * @default - none
   */
  readonly right?: IMetric[];

  /**
   * In columns, of which there are 24.
   *
   * @default 8
   */
  readonly width?: number;
}

/** Metrics over time, from zero up. */
export function graph({ title, metrics, right = [], width = 8 }: GraphProps): IWidget {
  const axis = { min: 0 };
  return new GraphWidget({ title, left: metrics, right, leftYAxis: axis, rightYAxis: axis, width });
}

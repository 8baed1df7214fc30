import {
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { apiMetric, monitorMetric } from '../metrics/emitted-metrics.ts';
import { graph } from './graph.ts';

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
      title: 'What became of jobs?',
      metrics: [
        apiMetric('JobsRegistered'),
        apiMetric('JobsReopened'),
        apiMetric('JobsCancelled'),
        monitorMetric('Transitions'),
        monitorMetric('JobsEnded'),
        monitorMetric('LostConditions'),
      ],
    }),
  ];
}

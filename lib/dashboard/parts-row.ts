import { type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { WatchedParts } from '../watched-parts.ts';
import { graph } from './graph.ts';

const statistic = Stats.MAXIMUM;

/** Do the parts of the stack do their work? */
export function partsRow({ registrationApi, statusMonitor }: WatchedParts): IWidget[] {
  const { stage, function: api } = registrationApi;
  const { function: monitor, schedule, deadLetters } = statusMonitor;
  return [
    graph({
      title: 'Does the API answer?',
      metrics: [
        stage.metricCount({ statistic: Stats.SUM, label: 'Requests' }),
        stage.metricClientError({ label: '4xx' }),
        stage.metricServerError({ label: '5xx' }),
      ],
      right: [stage.metricLatency({ statistic: Stats.p(99), label: 'Latency, p99 (ms)' })],
    }),
    graph({
      title: 'Do the functions run?',
      metrics: [
        monitor.metricErrors({ label: 'Monitor: errors' }),
        monitor.metricThrottles({ label: 'Monitor: throttles' }),
        api.metricErrors({ label: 'API: errors' }),
        api.metricThrottles({ label: 'API: throttles' }),
      ],
      right: [
        monitor.metricDuration({ statistic, label: 'Monitor: longest (ms)' }),
        api.metricDuration({ statistic, label: 'API: longest (ms)' }),
      ],
    }),
    graph({
      title: 'Is the monitor invoked?',
      metrics: [
        schedule.group.metricAttempts({ label: 'Invocations' }),
        schedule.group.metricTargetErrors({ label: 'Refused by Lambda' }),
        schedule.group.metricDropped({ label: 'Dropped' }),
        deadLetters.metricApproximateNumberOfMessagesVisible({ statistic, label: 'Dead letters' }),
      ],
    }),
  ];
}

import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import { graph } from './graph.ts';

/** Is upstream well? */
export function upstreamRow(): IWidget[] {
  return [
    graph({
      title: 'Is upstream well? Sweeps that it held up',
      metrics: [
        monitorMetric('PausedForCredentialsRefused'),
        monitorMetric('PausedForUpstreamDown'),
        monitorMetric('PausedForUpstreamFault'),
        monitorMetric('PausedForRateLimited'),
      ],
      width: 12,
    }),
    graph({
      title: 'Is upstream well? Checks',
      metrics: [
        monitorMetric('Checks'),
        monitorMetric('FailedChecks'),
        monitorMetric('Refusals'),
        monitorMetric('UnknownStates'),
      ],
      width: 12,
    }),
  ];
}

import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import type { AlarmSpecs } from './alarm-spec.ts';

/** Is there somebody who gets alerts, and everybody who should? */
export function listenerAlarms(): AlarmSpecs {
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

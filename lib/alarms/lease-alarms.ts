import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import type { AlarmSpecs } from './alarm-spec.ts';

/** Is one sweep at work at a time? */
export function leaseAlarms(): AlarmSpecs {
  return {
    // Everything in flight is aborted long before the lease is over: it must not happen even once.
    SweepsOverstayed: {
      meaning: 'A sweep outstayed its lease, so that two may have been at work at once.',
      metric: monitorMetric('SweepsOverstayed'),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    // A sweep that died leaves its lease behind for a minute, and Scheduler may invoke twice: that is
    // one now and then.
    LeasesHeld: {
      meaning: 'Three times in 15 minutes a sweep found that another one held the lease.',
      metric: monitorMetric('LeasesHeld', { period: Duration.minutes(15) }),
      threshold: 3,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

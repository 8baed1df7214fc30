import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import type { AlarmSpecs } from './alarm-spec.ts';

/** Is it watching, and in time? */
export function sweepAlarms(): AlarmSpecs {
  return {
    // One sweep a minute: a minute that was missed is made up for by the next, five are a standstill.
    NoSweepCompleted: {
      meaning: 'No sweep was completed for 5 minutes: nothing is watched.',
      metric: monitorMetric('SweepsCompleted', { period: Duration.minutes(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.BREACHING,
    },
    // A pause leaves checks late until the first pass after it, so it has to last. There is no figure
    // while requests are paused: that tells nothing about whether the checks have caught up.
    ChecksLate: {
      meaning:
        'Warning: for 15 minutes checks have been later than twice what the number of pending jobs ' +
        'explains.',
      metric: monitorMetric('Lateness', { statistic: Stats.MINIMUM }),
      threshold: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.IGNORE,
    },
    // The next sweep is the retry of whatever went wrong: what is still wrong then is no accident.
    SweepErrors: {
      meaning:
        'For 15 minutes sweeps have met with errors of our own side: a table that does not answer, ' +
        'or a defect.',
      metric: monitorMetric('Errors'),
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { AlarmSpecs } from './alarm-spec.ts';

/** Lambda's own, for a function that does not say. */
const DEFAULT_TIMEOUT = Duration.seconds(3);

/** Once is made up for: by the next sweep, by Lambda itself, or by a caller who tries again. */
const REPEATEDLY = {
  threshold: 3,
  evaluationPeriods: 1,
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

/**
 * Does a function run? Lambda reports nothing about one that is not invoked, which says nothing bad
 * about it.
 *
 * @param name what the alarms are called after
 */
export function functionAlarms(name: string, lambda: LambdaFunction): AlarmSpecs {
  const { timeout = DEFAULT_TIMEOUT } = lambda;
  const period = Duration.minutes(15);
  return {
    [`${name}FunctionErrors`]: {
      ...REPEATEDLY,
      meaning:
        'The function failed three times in 15 minutes: it crashed, timed out or did not start.',
      metric: lambda.metricErrors({ period }),
    },
    [`${name}FunctionThrottles`]: {
      ...REPEATEDLY,
      meaning: 'Lambda turned the function away three times in 15 minutes for lack of concurrency.',
      metric: lambda.metricThrottles({ period }),
    },
    // All that it waits for has a time limit of its own, which ends earlier: once is once too often.
    [`${name}FunctionNearTimeout`]: {
      meaning: 'The function took more than 90 % of the time that it is given.',
      metric: lambda.metricDuration({ statistic: Stats.MAXIMUM }),
      threshold: 0.9 * timeout.toMilliseconds(),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

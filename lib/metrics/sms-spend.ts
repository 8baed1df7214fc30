import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * What SNS has charged for SMS since the month began (USD). It is the account's figure in this region,
 * not one topic's, and has no dimensions.
 */
export const SMS_SPEND = new Metric({
  namespace: 'AWS/SNS',
  metricName: 'SMSMonthToDateSpentUSD',
  statistic: Stats.MAXIMUM,
});

import { Aws } from 'aws-cdk-lib';
import {
  type IMetric,
  MathExpression,
  Metric,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { JobStore } from '../job-store.ts';

/** What the monitor function counts: summed up over 5 minutes unless told otherwise. */
export function monitorMetric(metricName: string, options?: MetricOptions): Metric {
  return emittedMetric('monitor', metricName, options);
}

/** What the api function counts: summed up over 5 minutes unless told otherwise. */
export function apiMetric(metricName: string, options?: MetricOptions): Metric {
  return emittedMetric('api', metricName, options);
}

/**
 * Powertools adds `service` to the dimensions of each metric that a function emits; `stack` is its
 * `STACK_NAME`, without which the alarms of two stacks in a region would watch each other's metrics.
 */
function emittedMetric(service: string, metricName: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: 'ExtractionMonitor',
    metricName,
    dimensionsMap: { service, stack: Aws.STACK_NAME },
    statistic: Stats.SUM,
    ...options,
  });
}

/**
 * What SNS has charged for SMS since the month began (USD). It is the account's figure in this region,
 * not one topic's, and has no dimensions.
 */
export const SMS_SPEND = new Metric({
  namespace: 'AWS/SNS',
  metricName: 'SMSMonthToDateSpentUSD',
  statistic: Stats.MAXIMUM,
});

/** Metrics by id, as a formula refers to them. */
export type MetricsById = Readonly<Record<string, IMetric>>;

const INDEXES = ['watched', 'byMonth', 'byEnd'];

/**
 * A metric of every table and every index, each summed up over 5 minutes: what DynamoDB says of a
 * table, it does not say of its indexes.
 *
 * @param metricName one that has the dimensions `TableName` and `GlobalSecondaryIndexName`
 */
export function capacityMetrics(
  { jobs, checkpoint, subscriptions }: JobStore,
  metricName: string,
): MetricsById {
  const ofIndexes = INDEXES.map((GlobalSecondaryIndexName) => [
    `${GlobalSecondaryIndexName}${metricName}`,
    tableMetric(jobs, metricName, { GlobalSecondaryIndexName }),
  ]);
  return {
    [`jobs${metricName}`]: tableMetric(jobs, metricName),
    ...Object.fromEntries(ofIndexes),
    [`checkpoint${metricName}`]: tableMetric(checkpoint, metricName),
    [`subscriptions${metricName}`]: tableMetric(subscriptions, metricName),
  };
}

/**
 * A metric of a table, summed up over 5 minutes.
 *
 * @param dimensions besides `TableName`
 */
function tableMetric(
  table: TableV2,
  metricName: string,
  dimensions: Readonly<Record<string, string>> = {},
): IMetric {
  return table.metric(metricName, {
    statistic: Stats.SUM,
    dimensionsMap: { TableName: table.tableName, ...dimensions },
  });
}

/** The sum of metrics of which some, or all, have no data, which counts as 0. */
export function sumOf(usingMetrics: MetricsById, label: string): MathExpression {
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({ expression: filled.join(' + '), usingMetrics, label });
}

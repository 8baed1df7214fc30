import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { JobStore } from '../job-store.ts';
import { capacityMetrics, type MetricsById, sumOf, tableMetric } from '../metrics/table-metrics.ts';
import type { AlarmSpec, AlarmSpecs } from './alarm-spec.ts';

/**
 * Do the tables and their indexes answer?
 *
 * Each alarm is on a sum that counts no data as 0. On a metric of DynamoDB as it is, which is reported
 * only while it is not 0, an alarm that is on stays on: it ignores missing data, whatever it is told.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function tableAlarms(jobStore: JobStore): AlarmSpecs {
  const throttled = {
    ...capacityMetrics(jobStore, 'ReadThrottleEvents'),
    ...capacityMetrics(jobStore, 'WriteThrottleEvents'),
  };
  const failed = {
    ...systemErrors('jobs', jobStore.jobs, JOBS_OPERATIONS),
    ...systemErrors('checkpoint', jobStore.checkpoint, CHECKPOINT_OPERATIONS),
    ...systemErrors('subscriptions', jobStore.subscriptions, SUBSCRIPTIONS_OPERATIONS),
  };
  return {
    TablesThrottled: {
      ...LASTING,
      meaning: 'For 15 minutes DynamoDB has turned away reads or writes of a table or an index.',
      metric: sumOf(throttled, 'Throttled'),
    },
    TablesFailing: {
      ...LASTING,
      meaning: 'For 15 minutes DynamoDB has answered with errors of its own.',
      metric: sumOf(failed, 'Failed'),
    },
  };
}

/** Every request is tried three times, and one that comes to nothing is another alarm's business. */
const LASTING: Pick<AlarmSpec, 'threshold' | 'evaluationPeriods' | 'treatMissingData'> = {
  threshold: 1,
  evaluationPeriods: 3,
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

const JOBS_OPERATIONS = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'];
const CHECKPOINT_OPERATIONS = ['GetItem', 'PutItem'];
/** Every request about subscriptions begins with the first; an alarm takes ten metrics in all. */
const SUBSCRIPTIONS_OPERATIONS = ['Scan', 'PutItem', 'DeleteItem'];

/** DynamoDB counts its own errors by operation, and not otherwise. */
function systemErrors(id: string, table: TableV2, operations: readonly string[]): MetricsById {
  return Object.fromEntries(
    operations.map((Operation) => [
      `${id}${Operation}`,
      tableMetric(table, 'SystemErrors', { Operation }),
    ]),
  );
}

import { Duration } from 'aws-cdk-lib';
import type { IHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { JobStore } from '../job-store.ts';
import type { AlarmSpec, AlarmSpecs } from './alarm-spec.ts';
import { capacityMetrics, type MetricsById, sumOf, tableMetric } from './metrics.ts';

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

/** Is the monitor invoked, and what became of the invocations that came to nothing? */
export function scheduleAlarms(schedules: IScheduleGroup, deadLetters: IQueue): AlarmSpecs {
  const period = Duration.minutes(15);
  return {
    // Nobody tries a minute again, and the next one makes up for it: one now and then does no harm.
    InvocationsRefused: {
      meaning: 'Lambda did not accept three invocations of the monitor in 15 minutes.',
      metric: schedules.metricTargetErrors({ period }),
      threshold: 3,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    InvocationsDropped: {
      meaning: 'Scheduler gave up three invocations of the monitor in 15 minutes.',
      metric: schedules.metricDropped({ period }),
      threshold: 3,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    // SQS stops reporting on a queue that nobody has used for six hours, dead letters in it or not.
    DeadLetters: {
      meaning: 'There are events for which there was no sweep, or one that failed.',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    },
  };
}

/** Does the API answer? */
export function apiAlarms(stage: IHttpStage): AlarmSpecs {
  return {
    // A registration that comes to nothing is a run that nobody watches: one is enough.
    ApiServerErrors: {
      meaning: 'The API answered with a 5xx: a job may not have been registered.',
      metric: stage.metricServerError(),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

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

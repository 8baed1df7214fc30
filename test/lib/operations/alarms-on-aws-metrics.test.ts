import { expect, it } from 'vitest';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import { type AlarmMetric, alarmsOf, OWN_NAMESPACE } from '../support/alarms.ts';
import { templateOf } from '../support/stack.ts';
import { idOf, propertiesOf } from '../support/template-resources.ts';

const template = templateOf().toJSON() as CloudFormationTemplate;
const alarms = alarmsOf(template).filter(({ metrics }) =>
  metrics.every(({ namespace }) => namespace !== OWN_NAMESPACE),
);

const MONITOR = { FunctionName: 'StatusMonitor/Function' };
const API = { FunctionName: 'RegistrationApi/Function' };
const SCHEDULES = { ScheduleGroup: nameOf('StatusMonitor/EveryMinute/Group') };
const JOBS = { TableName: 'JobStore/Jobs' };
const CHECKPOINT = { TableName: 'JobStore/Checkpoint' };
const SUBSCRIPTIONS = { TableName: 'JobStore/Subscriptions' };
const CAPACITIES = [
  JOBS,
  { ...JOBS, GlobalSecondaryIndexName: 'watched' },
  { ...JOBS, GlobalSecondaryIndexName: 'byMonth' },
  CHECKPOINT,
  SUBSCRIPTIONS,
];
const OPERATIONS = [
  ...['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'].map((Operation) => ({
    ...JOBS,
    Operation,
  })),
  ...['GetItem', 'PutItem'].map((Operation) => ({ ...CHECKPOINT, Operation })),
  ...['Scan', 'PutItem', 'DeleteItem'].map((Operation) => ({ ...SUBSCRIPTIONS, Operation })),
];

type Documented = Omit<AlarmMetric, 'period'>;

/**
 * What AWS documents, for each alarm on it. Where a metric has several dimensions, a table or an index
 * has no figure under fewer or more of them than these.
 */
const DOCUMENTED: Readonly<Record<string, readonly Documented[]>> = {
  // https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
  AlertsUndelivered: [
    metric('AWS/SNS', 'NumberOfNotificationsFailed', 'Sum', { TopicName: 'AlertTopic/Topic' }),
  ],
  SmsQuotaNearlySpent: [metric('AWS/SNS', 'SMSMonthToDateSpentUSD', 'Maximum', {})],

  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  MonitorFunctionErrors: [metric('AWS/Lambda', 'Errors', 'Sum', MONITOR)],
  MonitorFunctionThrottles: [metric('AWS/Lambda', 'Throttles', 'Sum', MONITOR)],
  MonitorFunctionNearTimeout: [metric('AWS/Lambda', 'Duration', 'Maximum', MONITOR)],
  ApiFunctionErrors: [metric('AWS/Lambda', 'Errors', 'Sum', API)],
  ApiFunctionThrottles: [metric('AWS/Lambda', 'Throttles', 'Sum', API)],
  ApiFunctionNearTimeout: [metric('AWS/Lambda', 'Duration', 'Maximum', API)],

  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
  InvocationsRefused: [metric('AWS/Scheduler', 'TargetErrorCount', 'Sum', SCHEDULES)],
  InvocationsDropped: [metric('AWS/Scheduler', 'InvocationDroppedCount', 'Sum', SCHEDULES)],

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  DeadLetters: [
    metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', {
      QueueName: 'StatusMonitor/DeadLetters/Queue',
    }),
  ],

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  ApiServerErrors: [
    metric('AWS/ApiGateway', '5xx', 'Sum', { ApiId: 'RegistrationApi/HttpApi', Stage: '$default' }),
  ],

  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  TablesThrottled: ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) =>
    CAPACITIES.map((dimensions) => metric('AWS/DynamoDB', name, 'Sum', dimensions)),
  ),
  TablesFailing: OPERATIONS.map((dimensions) =>
    metric('AWS/DynamoDB', 'SystemErrors', 'Sum', dimensions),
  ),
};

it.each(alarms)('$name watches what AWS documents', ({ name, metrics }) => {
  expect(metrics.map(({ period: _, ...rest }) => rest)).toEqual(DOCUMENTED[name]);
});

it.each(alarms)('$name is on ten metrics at the most, which is what CloudWatch takes', (alarm) => {
  expect(alarm.metrics.length).toBeLessThanOrEqual(10);
});

it('no alarm is missing', () => {
  expect(alarms.map(({ name }) => name).sort()).toEqual(Object.keys(DOCUMENTED).sort());
});

it('every index of the tables is among them that anybody reads', () => {
  const ids = Object.keys(template.Resources).filter(
    (id) => template.Resources[id]?.Type === 'AWS::DynamoDB::GlobalTable',
  );
  const indexes = ids
    .flatMap((id) => propertiesOf<Table>(template, id).GlobalSecondaryIndexes ?? [])
    .map(({ IndexName }) => IndexName);
  const watched = CAPACITIES.flatMap((each) =>
    'GlobalSecondaryIndexName' in each ? [each.GlobalSecondaryIndexName] : [],
  );
  // An alarm takes ten metrics; by time of end nobody asks yet.
  expect(indexes.filter((index) => index !== 'byEnd')).toEqual(watched);
});

function metric(
  namespace: string,
  name: string,
  statistic: string,
  dimensions: Documented['dimensions'],
): Documented {
  return { namespace, name, dimensions, statistic };
}

function nameOf(path: string): string {
  return propertiesOf<{ Name: string }>(template, idOf(template, path)).Name;
}

interface Table {
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string }[];
}

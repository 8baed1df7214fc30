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

type Documented = Omit<AlarmMetric, 'period'>;

/**
 * What AWS documents, for each alarm on it.
 */
const DOCUMENTED: Readonly<Record<string, readonly Documented[]>> = {
  // https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
  AlertsUndelivered: [
    metric('AWS/SNS', 'NumberOfNotificationsFailed', 'Sum', { TopicName: 'AlertTopic/Topic' }),
  ],
  NoticesUndelivered: [
    metric('AWS/SNS', 'NumberOfNotificationsFailed', 'Sum', { TopicName: 'OperatorTopic/Topic' }),
  ],
  SmsQuotaNearlySpent: [metric('AWS/SNS', 'SMSMonthToDateSpentUSD', 'Maximum', {})],

  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  MonitorFunctionErrors: [metric('AWS/Lambda', 'Errors', 'Sum', MONITOR)],
  ApiFunctionErrors: [metric('AWS/Lambda', 'Errors', 'Sum', API)],

  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
  InvocationsRefused: [metric('AWS/Scheduler', 'TargetErrorCount', 'Sum', SCHEDULES)],
  InvocationsDropped: [metric('AWS/Scheduler', 'InvocationDroppedCount', 'Sum', SCHEDULES)],

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  DeadLetters: [
    metric('AWS/SQS', 'NumberOfMessagesSent', 'Sum', {
      QueueName: 'StatusMonitor/DeadLetters/Queue',
    }),
  ],

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  ApiServerErrors: [
    metric('AWS/ApiGateway', '5xx', 'Sum', { ApiId: 'RegistrationApi/HttpApi', Stage: '$default' }),
  ],
};

it.each(alarms)('$name watches what AWS documents', ({ name, metrics }) => {
  expect(metrics.map(({ period: _, ...rest }) => rest)).toEqual(DOCUMENTED[name]);
});

it('no alarm is missing', () => {
  expect(alarms.map(({ name }) => name).sort()).toEqual(Object.keys(DOCUMENTED).sort());
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

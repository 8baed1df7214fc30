import { Aws, CfnCondition, Duration, Fn, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { AlertTopic } from '../alert-topic.ts';
import type { JobStore } from '../job-store.ts';
import type { RegistrationApi } from '../registration-api.ts';
import type { StatusMonitor } from '../status-monitor.ts';
import { capacityMetrics, monitorMetric, SMS_SPEND, sumOf } from './metrics.ts';
import { graph, outcomeRow, upstreamRow, watchingRow } from './work-rows.ts';

/** The parts of the stack that alarms and the dashboard watch. */
export interface WatchedParts {
  readonly registrationApi: RegistrationApi;
  readonly statusMonitor: StatusMonitor;
  readonly jobStore: JobStore;
  readonly alertTopic: AlertTopic;
}

/** Settings of an {@link OperationsDashboard}. */
export interface OperationsDashboardProps extends WatchedParts {
  readonly alarms: readonly IAlarm[];
}

/**
 * Where the console is in the partitions that have one of their own: below `console.aws.amazon.com`
 * there is nothing of theirs.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const CONSOLES = {
  China: { partition: 'aws-cn', domain: 'console.amazonaws.cn' },
  GovCloud: { partition: 'aws-us-gov', domain: 'console.amazonaws-us-gov.com' },
};

/**
 * Answers at a glance how the monitor is; as many columns wide as there are, 24. Dashboards are global in
 * an account: without the region in its name, that of a stack in another region would be overwritten.
 */
export class OperationsDashboard extends Dashboard {
  /** Where to look at it. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    const { stackName, region } = Stack.of(scope);
    const dashboardName = `${stackName}-${region}`;
    super(scope, id, {
      dashboardName,
      defaultInterval: Duration.days(1),
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Alarms',
            alarms: [...props.alarms],
            width: 24,
            height: 6,
          }),
        ],
        watchingRow(props.alertTopic.topic),
        outcomeRow(props.statusMonitor.function.logGroup),
        upstreamRow(props.statusMonitor.function.logGroup),
        partsRow(props),
        costRow(props),
      ],
    });
    const console = `https://${region}.${this.consoleDomain()}/cloudwatch/home?region=${region}`;
    this.url = `${console}#dashboards/dashboard/${dashboardName}`;
  }

  /** Which partition it is, only the deployment knows. */
  private consoleDomain(): string {
    return Object.entries(CONSOLES).reduce((otherwise, [name, { partition, domain }]) => {
      const isHere = new CfnCondition(this, `Is${name}`, {
        expression: Fn.conditionEquals(Aws.PARTITION, partition),
      });
      return Fn.conditionIf(isHere.logicalId, domain, otherwise).toString();
    }, 'console.aws.amazon.com');
  }
}

/** Do the parts of the stack do their work? */
function partsRow({ registrationApi, statusMonitor }: WatchedParts): IWidget[] {
  const { stage, function: api } = registrationApi;
  const { function: monitor, schedule, deadLetters } = statusMonitor;
  const statistic = Stats.MAXIMUM;
  return [
    graph({
      title: 'Does the API answer?',
      metrics: [
        stage.metricCount({ statistic: Stats.SUM, label: 'Requests' }),
        stage.metricClientError({ label: '4xx' }),
        stage.metricServerError({ label: '5xx' }),
      ],
      right: [stage.metricLatency({ statistic: Stats.p(99), label: 'Latency, p99 (ms)' })],
    }),
    graph({
      title: 'Do the functions run?',
      metrics: [
        monitor.metricErrors({ label: 'Monitor: errors' }),
        monitor.metricThrottles({ label: 'Monitor: throttles' }),
        api.metricErrors({ label: 'API: errors' }),
        api.metricThrottles({ label: 'API: throttles' }),
      ],
      right: [
        monitor.metricDuration({ statistic, label: 'Monitor: longest (ms)' }),
        api.metricDuration({ statistic, label: 'API: longest (ms)' }),
      ],
    }),
    graph({
      title: 'Is the monitor invoked?',
      metrics: [
        schedule.group.metricAttempts({ label: 'Invocations' }),
        schedule.group.metricTargetErrors({ label: 'Refused by Lambda' }),
        schedule.group.metricDropped({ label: 'Dropped' }),
        deadLetters.metricNumberOfMessagesSent({ label: 'Dead letters' }),
      ],
    }),
  ];
}

/** What does it cost? In the units that bills are made of. */
function costRow({ registrationApi, statusMonitor, jobStore }: WatchedParts): IWidget[] {
  return [
    cost('requests', [
      monitorMetric('Requests', { label: 'To the iTwin Platform' }),
      registrationApi.stage.metricCount({ statistic: Stats.SUM, label: 'To the API' }),
    ]),
    cost('DynamoDB request units', [
      sumOf(capacityMetrics(jobStore, 'ConsumedReadCapacityUnits'), 'Read'),
      sumOf(capacityMetrics(jobStore, 'ConsumedWriteCapacityUnits'), 'Written'),
    ]),
    cost('Lambda GB-s', [
      gigabyteSeconds('monitor', statusMonitor.function),
      gigabyteSeconds('api', registrationApi.function),
    ]),
    cost('SMS', [SMS_SPEND.with({ label: 'USD since the month began' })]),
  ];
}

function cost(what: string, metrics: IMetric[]): IWidget {
  return graph({ title: `What does it cost? ${what}`, metrics, width: 6 });
}

/** Lambda reports how long a function took (ms), and bills that times its memory. */
function gigabyteSeconds(name: string, lambda: LambdaFunction): IMetric {
  const { memorySize } = lambda.node.defaultChild as CfnFunction;
  const duration = lambda.metricDuration({ statistic: Stats.SUM });
  return new MathExpression({
    expression: `${name} / 1000 * ${memorySize} / 1024`,
    usingMetrics: { [name]: duration },
    label: name,
  });
}

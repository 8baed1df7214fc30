import { Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { AlarmSpecs } from './alarm-spec.ts';
import { alertAlarms } from './alert-alarms.ts';
import { OperationsDashboard, type WatchedParts } from './dashboard.ts';
import { OperatorTopic } from './operator-topic.ts';
import { apiAlarms, functionAlarms, scheduleAlarms, tableAlarms } from './part-alarms.ts';
import { leaseAlarms, sweepAlarms, upstreamAlarms } from './sweep-alarms.ts';

/** Who operates the monitor, and what they go by. */
export interface OperatorProps {
  /**
   * Email address of whoever operates the monitor, for alarms.
   *
   * @default - nobody, until somebody subscribes to the operator topic
   */
  readonly operatorEmail?: string;

  /**
   * What SNS may spend on SMS in a month (USD), as AWS has granted it to the account. An alarm goes
   * off at 80 % of it.
   *
   * @default 1 - what a new account may spend
   */
  readonly smsMonthlyQuota?: number;

  /**
   * Where operators find `docs/operations.md`: every alarm links to its entry there.
   *
   * @default 'docs/operations.md' - the file in the project
   */
  readonly runbookUrl?: string;
}

/** Settings of {@link Operations}. */
export interface OperationsProps extends OperatorProps, WatchedParts {}

/** Tells the operator when the monitor is not doing its job: alarms, and a dashboard. */
export class Operations extends Construct {
  readonly dashboard: OperationsDashboard;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { operatorEmail, runbookUrl = 'docs/operations.md' } = props;

    const { topic } = new OperatorTopic(this, 'OperatorTopic', {
      ...(operatorEmail && { email: operatorEmail }),
    });
    const notification = new SnsAction(topic);
    const alarms = Object.entries(alarmsOf(props)).map(([name, { meaning, ...spec }]) => {
      const alarm = new Alarm(this, name, {
        ...spec,
        alarmName: `${Stack.of(this).stackName}-${name}`,
        alarmDescription: `${meaning} What to do: ${runbookUrl}#${name.toLowerCase()}`,
      });
      alarm.addAlarmAction(notification);
      alarm.addOkAction(notification);
      return alarm;
    });
    this.dashboard = new OperationsDashboard(this, 'Dashboard', { ...props, alarms });
  }
}

function alarmsOf({
  registrationApi,
  statusMonitor,
  jobStore,
  alertTopic,
  smsMonthlyQuota = 1,
}: OperationsProps): AlarmSpecs {
  return {
    ...sweepAlarms(),
    ...leaseAlarms(),
    ...upstreamAlarms(),
    ...alertAlarms(alertTopic.topic, smsMonthlyQuota),
    ...functionAlarms('Monitor', statusMonitor.function),
    ...scheduleAlarms(statusMonitor.schedule.group, statusMonitor.deadLetters),
    ...functionAlarms('Api', registrationApi.function),
    ...apiAlarms(registrationApi.stage),
    ...tableAlarms(jobStore),
  };
}

import { Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmSpecs } from './alarms.ts';
import { OperationsDashboard, type WatchedParts } from './dashboard.ts';

/** Who operates the monitor, and what they go by. */
export interface OperatorProps {
  /**
   * Email address of whoever operates the monitor, for notices and alarms. It has to confirm once.
   *
   * @default - nobody, until somebody subscribes to the operator topic
   */
  readonly operatorEmail?: string;

  /**
   * Whether the operator topic is encrypted at rest, by a key of its own that costs a dollar a month:
   * no key that costs nothing lets alarms in. What is told there holds no text of jobs.
   *
   * @default false
   */
  readonly operatorKey?: boolean;

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
   * @default - no link: what to do first is in the alarm itself
   */
  readonly runbookUrl?: string;
}

/** Settings of {@link Operations}. */
export interface OperationsProps extends OperatorProps, WatchedParts {
  readonly operatorTopic: ITopic;
}

/** Tells the operator what the monitor cannot tell itself: alarms, and a dashboard. */
export class Operations extends Construct {
  readonly dashboard: OperationsDashboard;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { operatorTopic, runbookUrl, smsMonthlyQuota = 1 } = props;

    const notification = new SnsAction(operatorTopic);
    const specs = Object.entries(alarmSpecs({ ...props, smsMonthlyQuota }));
    const alarms = specs.map(([name, { meaning, action, ...spec }]) => {
      const link = runbookUrl ? ` See ${runbookUrl}#${name.toLowerCase()}` : '';
      const alarm = new Alarm(this, name, {
        ...spec,
        alarmName: `${Stack.of(this).stackName}-${name}`,
        alarmDescription: `${meaning} What to do first: ${action}${link}`,
      });
      alarm.addAlarmAction(notification);
      alarm.addOkAction(notification);
      return alarm;
    });
    this.dashboard = new OperationsDashboard(this, 'Dashboard', { ...props, alarms });
  }
}

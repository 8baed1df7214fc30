import { Duration, Stack } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { costRow } from './dashboard/cost-row.ts';
import { outcomeRow } from './dashboard/outcome-row.ts';
import { partsRow } from './dashboard/parts-row.ts';
import { upstreamRow } from './dashboard/upstream-row.ts';
import { watchingRow } from './dashboard/watching-row.ts';
import type { WatchedParts } from './watched-parts.ts';

/** Settings of an {@link OperationsDashboard}. */
export interface OperationsDashboardProps extends WatchedParts {
  readonly alarms: readonly IAlarm[];
}

/** Answers at a glance how the monitor is; as many columns wide as there are, 24. */
export class OperationsDashboard extends Dashboard {
  /** Where to look at it. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    const { stackName, region } = Stack.of(scope);
    super(scope, id, {
      dashboardName: stackName,
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
        upstreamRow(),
        partsRow(props),
        costRow(props),
      ],
    });
    const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
    this.url = `${console}#dashboards/dashboard/${stackName}`;
  }
}

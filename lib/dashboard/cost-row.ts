import { type IMetric, type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import { SMS_SPEND } from '../metrics/sms-spend.ts';
import { capacityMetrics, sumOf } from '../metrics/table-metrics.ts';
import type { WatchedParts } from '../watched-parts.ts';
import { graph } from './graph.ts';

/** What does it cost? In the units that bills are made of. */
export function costRow({ registrationApi, statusMonitor, jobStore }: WatchedParts): IWidget[] {
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

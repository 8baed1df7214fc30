import type { CloudFormationTemplate } from '../../../local/template.ts';
import { pathOf, propertiesOf, resolve } from './template-resources.ts';

/** A metric as CloudWatch identifies it, and how an alarm reads it. */
export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  /** References are the paths of the constructs that they refer to. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
}

/** An alarm of a template. */
export interface TemplateAlarm {
  /** Without the name of the stack. */
  readonly name: string;
  readonly description: string;
  /** More than one when the alarm is on a formula. */
  readonly metrics: readonly AlarmMetric[];
  readonly comparison: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly missingData: string;
}

/** The name of the stack whose alarms these are. */
export const STACK_NAME = 'ExtractionMonitor';

/** The namespace of the metrics that the functions emit. */
export const OWN_NAMESPACE = 'ExtractionMonitor';

/** All alarms of a template. */
export function alarmsOf(template: CloudFormationTemplate): readonly TemplateAlarm[] {
  return Object.keys(template.Resources)
    .filter((id) => template.Resources[id]?.Type === 'AWS::CloudWatch::Alarm')
    .map((id) => propertiesOf<AlarmProperties>(template, id))
    .map((alarm) => ({
      name: alarm.AlarmName.replace(/^ExtractionMonitor-/, ''),
      description: alarm.AlarmDescription,
      metrics: statsOf(alarm).map((stat) => toMetric(template, stat)),
      comparison: alarm.ComparisonOperator,
      threshold: alarm.Threshold,
      evaluationPeriods: alarm.EvaluationPeriods,
      missingData: alarm.TreatMissingData,
    }));
}

function statsOf(alarm: AlarmProperties): readonly MetricStat[] {
  if (alarm.Metrics) return alarm.Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
  return [{ Metric: alarm, Period: alarm.Period, Stat: alarm.Statistic }];
}

function toMetric(
  template: CloudFormationTemplate,
  { Metric, Period, Stat }: MetricStat,
): AlarmMetric {
  const dimensions = (Metric.Dimensions ?? []).map(({ Name, Value }) => [
    Name,
    resolve(Value, (id) => (id === 'AWS::StackName' ? STACK_NAME : pathOf(template, id))),
  ]);
  return {
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: Object.fromEntries(dimensions),
    statistic: Stat,
    period: Period,
  };
}

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

interface MetricStat {
  readonly Metric: Metric;
  readonly Period: number;
  readonly Stat: string;
}

interface AlarmProperties extends Metric {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Period: number;
  readonly Statistic: string;
  readonly Metrics?: readonly { readonly MetricStat?: MetricStat }[];
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
}

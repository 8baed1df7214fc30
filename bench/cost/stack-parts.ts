import { Metrics } from '@aws-lambda-powertools/metrics';
import { addSweepMetrics, emptyReport, type SweepReport } from '../../functions/monitor/metrics.ts';
import type { CloudFormationTemplate } from '../../local/template.ts';
import type { Quantities } from './bill.ts';

/** What a busy sweep with nothing wrong reports. */
const BUSY: SweepReport = {
  ...emptyReport(),
  requests: 1_000,
  checks: 1_000,
  transitions: 10,
  jobsEnded: 10,
  alertsPublished: 10,
  pending: 1_000,
  passesCompleted: 1,
  lateness: 1,
  failedChecks: 1,
  listeners: { checkedAt: 0, confirmed: 1, pending: 0, unconfirmed: 0, vanished: 0 },
};
/** What the api function emits besides: how many jobs were registered. */
const API_METRICS = 1;

/** What the parts of the stack that are billed by the month come to, used or not. */
export function partsPerMonth({ Resources }: CloudFormationTemplate): Quantities {
  const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  return {
    alarmMetricMonth: alarms.reduce((sum, alarm) => sum + metricsOf(alarm.Properties), 0),
    dashboardMonth: ofType('AWS::CloudWatch::Dashboard').length,
    metricMonth: metricsEmitted().names + API_METRICS,
    secretMonth: ofType('AWS::SecretsManager::Secret').length,
    keyMonth: ofType('AWS::KMS::Key').length,
  };
}

/** The quantities that whoever operates the monitor looks at, and that it would run without. */
export const OPERATIONS = [
  'alarmMetricMonth',
  'dashboardMonth',
  'metricMonth',
  'keyMonth',
] as const;

/** An alarm on an expression is billed for each metric in it. */
function metricsOf(properties: Readonly<Record<string, unknown>> = {}): number {
  const { Metrics: parts } = properties as { Metrics?: readonly { MetricStat?: unknown }[] };
  return parts === undefined ? 1 : parts.filter(({ MetricStat }) => MetricStat).length;
}

/** How much (GB) one busy sweep writes to the log. */
export function logPerSweep(): number {
  const line = JSON.stringify({
    level: 'INFO',
    message: 'A sweep ended',
    timestamp: new Date(0).toISOString(),
    service: 'monitor',
    cold_start: false,
    function_arn: 'arn:aws:lambda:us-east-1:123456789012:function:ExtractionMonitor-Function',
    function_memory_size: '512',
    function_name: 'ExtractionMonitor-Function',
    function_request_id: '00000000-0000-4000-8000-000000000000',
    report: BUSY,
  });
  return (line.length + metricsEmitted().bytes + PLATFORM_LOG) / 1e9;
}

/** Bytes of what Lambda itself logs of each invocation in JSON: its start, its end, its report. */
const PLATFORM_LOG = 700;

function metricsEmitted(): { readonly names: number; readonly bytes: number } {
  const metrics = new Metrics({ namespace: 'ExtractionMonitor', serviceName: 'monitor' });
  addSweepMetrics(metrics, BUSY);
  const emitted = metrics.serializeMetrics();
  const names = emitted._aws.CloudWatchMetrics.flatMap((directive) => directive.Metrics);
  return { names: names.length, bytes: JSON.stringify(emitted).length };
}

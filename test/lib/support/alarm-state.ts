import { isDeepStrictEqual } from 'node:util';
import { SECOND } from '../../../functions/core/time.ts';
import type { AlarmMetric, TemplateAlarm } from './alarms.ts';
import type { Datapoint } from './emitted.ts';

export type AlarmState = 'OK' | 'ALARM';

/**
 * What becomes of an alarm on one metric. CloudWatch also looks a little further back than the
 * periods it evaluates when some of them have no data; all else is as it does it.
 *
 * @param state what the alarm was before
 * @param now ms since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function nextState(
  alarm: TemplateAlarm,
  state: AlarmState,
  datapoints: readonly Datapoint[],
  now: number,
): AlarmState {
  const [metric] = alarm.metrics;
  if (!metric || alarm.metrics.length > 1) throw new Error(`${alarm.name} is on a formula.`);
  const ofMetric = datapoints.filter((datapoint) => isOf(metric, datapoint));
  const breaches = Array.from({ length: alarm.evaluationPeriods }, (_, back) => {
    const end = now - back * metric.period * SECOND;
    const start = end - metric.period * SECOND;
    const values = ofMetric.filter(({ at }) => at >= start && at < end).map(({ value }) => value);
    return isBreach(alarm, metric, values);
  });
  if (breaches.includes(undefined)) return state;
  return breaches.includes(false) ? 'OK' : 'ALARM';
}

/** @returns undefined when there is nothing to go by */
function isBreach(
  { missingData, comparison, threshold }: TemplateAlarm,
  { statistic }: AlarmMetric,
  values: readonly number[],
): boolean | undefined {
  if (values.length === 0) return known(MISSING_DATA, missingData);
  return known(COMPARISONS, comparison)(known(STATISTICS, statistic)(values), threshold);
}

function known<T>(meanings: Readonly<Record<string, T>>, word: string): T {
  if (!Object.hasOwn(meanings, word)) throw new Error(`No alarm had ${word} so far: add it here.`);
  return meanings[word] as T;
}

function isOf(metric: AlarmMetric, { namespace, name, dimensions }: Datapoint): boolean {
  return (
    metric.namespace === namespace &&
    metric.name === name &&
    isDeepStrictEqual(metric.dimensions, dimensions)
  );
}

const MISSING_DATA = { breaching: true, notBreaching: false, ignore: undefined };

const STATISTICS = {
  Sum: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values: readonly number[]) => Math.max(...values),
  Minimum: (values: readonly number[]) => Math.min(...values),
};

const COMPARISONS = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
};

import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** What the monitor function counts: summed up over 5 minutes unless told otherwise. */
export function monitorMetric(metricName: string, options?: MetricOptions): Metric {
  return emittedMetric('monitor', metricName, options);
}

/** What the api function counts: summed up over 5 minutes unless told otherwise. */
export function apiMetric(metricName: string, options?: MetricOptions): Metric {
  return emittedMetric('api', metricName, options);
}

/** Powertools adds `service` to the dimensions of each metric that a function emits. */
function emittedMetric(service: string, metricName: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: 'ExtractionMonitor',
    metricName,
    dimensionsMap: { service },
    statistic: Stats.SUM,
    ...options,
  });
}

import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { monitorMetric } from '../metrics/emitted-metrics.ts';
import type { AlarmSpec, AlarmSpecs } from './alarm-spec.ts';

/** Is upstream well, and does it still let us in? */
export function upstreamAlarms(): AlarmSpecs {
  return {
    // It does not pass by itself, so there is nothing to wait for but a slip of upstream.
    CredentialsRefused: pausedAlarm({
      reason: 'CredentialsRefused',
      meaning: 'Upstream refuses our credentials: nothing is checked until somebody changes them.',
      evaluationPeriods: 1,
    }),
    // Shorter outages are upstream's everyday life, and cost no more than a later alert.
    UpstreamDown: pausedAlarm({
      reason: 'UpstreamDown',
      meaning: 'Upstream, or its token endpoint, has been down for 15 minutes.',
      evaluationPeriods: 3,
    }),
    UpstreamFault: pausedAlarm({
      reason: 'UpstreamFault',
      meaning:
        'For 15 minutes upstream has answered that all runs are missing at once: a fault of its own, ' +
        'or we may no longer see them.',
      evaluationPeriods: 3,
    }),
    // Upstream may ask for a pause of up to an hour, and a busy neighbour is gone sooner than that.
    RateLimited: pausedAlarm({
      reason: 'RateLimited',
      meaning: 'Upstream has limited our requests for 30 minutes: checks come late.',
      evaluationPeriods: 6,
    }),
  };
}

/**
 * Goes off when most of the five sweeps of each period were held up. A sweep that is not held up
 * tells nothing, so no data is good news; that there are sweeps at all is another alarm's business.
 */
function pausedAlarm({
  reason,
  ...spec
}: { readonly reason: string } & Pick<AlarmSpec, 'meaning' | 'evaluationPeriods'>): AlarmSpec {
  return {
    ...spec,
    metric: monitorMetric(`PausedFor${reason}`),
    threshold: 3,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
}

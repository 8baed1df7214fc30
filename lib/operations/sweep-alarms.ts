import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec, AlarmSpecs } from './alarm-spec.ts';
import { monitorMetric } from './metrics.ts';

/** Is it watching, and in time? */
export function sweepAlarms(): AlarmSpecs {
  return {
    // One sweep a minute: a minute that was missed is made up for by the next, five are a standstill.
    NoSweepCompleted: {
      meaning: 'No sweep was completed for 5 minutes: nothing is watched.',
      metric: monitorMetric('SweepsCompleted', { period: Duration.minutes(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.BREACHING,
    },
    // A pause leaves checks late until the first pass after it, so it has to last. There is no figure
    // while requests are paused: that tells nothing about whether the checks have caught up.
    ChecksLate: {
      meaning:
        'Warning: for 15 minutes checks have been later than twice what the number of pending jobs ' +
        'explains.',
      metric: monitorMetric('Lateness', { statistic: Stats.MINIMUM }),
      threshold: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.IGNORE,
    },
    // The next sweep is the retry of whatever went wrong: what is still wrong then is no accident.
    SweepErrors: {
      meaning:
        'For 15 minutes sweeps have met with errors of our own side: a table that does not answer, ' +
        'or a defect.',
      metric: monitorMetric('Errors'),
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

/** Is one sweep at work at a time? */
export function leaseAlarms(): AlarmSpecs {
  return {
    // Everything in flight is aborted long before the lease is over: it must not happen even once.
    SweepsOverstayed: {
      meaning: 'A sweep outstayed its lease, so that two may have been at work at once.',
      metric: monitorMetric('SweepsOverstayed'),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    // A sweep that died leaves its lease behind for a minute, and Scheduler may invoke twice: that is
    // one now and then.
    LeasesHeld: {
      meaning: 'Three times in 15 minutes a sweep found that another one held the lease.',
      metric: monitorMetric('LeasesHeld', { period: Duration.minutes(15) }),
      threshold: 3,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
  };
}

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

import { Duration } from 'aws-cdk-lib';
import {
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { WatchedParts } from './dashboard.ts';
import { monitorMetric, SMS_SPEND } from './metrics.ts';

/** What an alarm watches, when it goes off, and what that means. */
export interface AlarmSpec
  extends Pick<AlarmProps, 'metric' | 'threshold' | 'comparisonOperator' | 'evaluationPeriods'> {
  /** What is wrong when it goes off, in a sentence. */
  readonly meaning: string;

  /** What to do first: the mail may be all that somebody has at night. */
  readonly action: string;

  /** What no data says. Chosen for each alarm: silence is good news to some and the worst to others. */
  readonly treatMissingData: TreatMissingData;
}

/** Settings of {@link alarmSpecs}. */
export interface AlarmSpecsProps extends WatchedParts {
  readonly operatorTopic: ITopic;
  /** USD */
  readonly smsMonthlyQuota: number;
}

/**
 * The alarms, by name: only over what the monitor cannot tell its operator itself. Each watches one
 * metric, and there are ten, which is what CloudWatch gives every account for nothing
 * [https://aws.amazon.com/cloudwatch/pricing]. Each has an entry of the same name in docs/operations.md.
 */
export function alarmSpecs(props: AlarmSpecsProps): Readonly<Record<string, AlarmSpec>> {
  return { ...sweepAlarms(props), ...tellingAlarms(props), ...apiAlarms(props) };
}

const QUARTER = Duration.minutes(15);

/** Are there sweeps? */
function sweepAlarms({ statusMonitor }: AlarmSpecsProps): Readonly<Record<string, AlarmSpec>> {
  const { function: monitor, schedule, deadLetters } = statusMonitor;
  return {
    // One sweep a minute: a minute that was missed is made up for by the next, five are a standstill.
    NoSweepCompleted: {
      meaning:
        'No sweep was completed for 5 minutes: nothing is watched, or the operator cannot be told.',
      action:
        'See GET /health, whether the schedule is enabled, and what the log of the monitor says. ' +
        'Deploy again, or the version before. Dead letters with the condition EventAgeExceeded: the account has no ' +
        'concurrency left.',
      metric: monitorMetric('SweepsCompleted', { period: Duration.minutes(1) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.BREACHING,
    },
    MonitorFunctionErrors: repeated(monitor.metricErrors({ period: QUARTER }), {
      meaning: 'The monitor crashed, timed out or did not start three times in 15 minutes.',
      action: 'See the log of the monitor: mend what it names, or deploy the version before.',
    }),
    // Nobody tries a minute again, and the next one makes up for it: one now and then does no harm.
    InvocationsRefused: repeated(schedule.group.metricTargetErrors({ period: QUARTER }), {
      meaning: 'Lambda did not accept three invocations of the monitor in 15 minutes.',
      action:
        'See ERROR_CODE of the dead letters: on AccessDenied deploy again; else see Lambda on the ' +
        'health dashboard of AWS.',
    }),
    InvocationsDropped: repeated(schedule.group.metricDropped({ period: QUARTER }), {
      meaning: 'Scheduler gave up three invocations of the monitor in 15 minutes.',
      action: 'As for InvocationsRefused; alone, see Scheduler on the health dashboard of AWS.',
    }),
    // What was sent, not what lies there: one lost invocation is told once, and not for 14 days.
    DeadLetters: once(deadLetters.metricNumberOfMessagesSent(), {
      meaning: 'There was no sweep for an event, or one that failed. The next sweep did the work.',
      action:
        'Nothing, if it stays the only one. Else see the condition of the dead letters: on ' +
        'EventAgeExceeded see who uses up the concurrency of the account, on RetriesExhausted the log ' +
        'of the monitor.',
    }),
  };
}

/** Does what is told arrive? */
function tellingAlarms({
  alertTopic,
  operatorTopic,
  smsMonthlyQuota,
}: AlarmSpecsProps): Readonly<Record<string, AlarmSpec>> {
  return {
    // SNS has given up by then, and nothing of ours tries again.
    AlertsUndelivered: once(alertTopic.topic.metricNumberOfNotificationsFailed(), {
      meaning: 'SNS could not deliver an alert to one of its receivers.',
      action:
        'See GET /subscriptions: a mailbox may be gone, an endpoint failing, a number not allowed. ' +
        'GET /jobs lists what ended.',
    }),
    NoticesUndelivered: once(operatorTopic.metricNumberOfNotificationsFailed(), {
      meaning: 'SNS could not deliver a notice or an alarm to one of the operators.',
      action:
        'See the subscriptions of the operator topic, and GET /health for what was to be told.',
    }),
    // There is a figure only when SMS are sent: without one, what is spent is still spent.
    SmsQuotaNearlySpent: {
      meaning:
        'SMS have cost 80 % of what SNS may spend on them in a month. Beyond that it sends none.',
      action:
        'Ask AWS for a higher quota and deploy with it as smsMonthlyQuota, or filter the alerts.',
      metric: SMS_SPEND,
      threshold: 0.8 * smsMonthlyQuota,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    },
  };
}

/** Does the API answer? */
function apiAlarms({ registrationApi }: AlarmSpecsProps): Readonly<Record<string, AlarmSpec>> {
  const { stage, function: api } = registrationApi;
  return {
    ApiFunctionErrors: repeated(api.metricErrors({ period: QUARTER }), {
      meaning: 'The API crashed, timed out or did not start three times in 15 minutes.',
      action: 'See the log of the API: mend what it names, or deploy the version before.',
    }),
    // A registration that comes to nothing is a run that nobody watches: one is enough.
    ApiServerErrors: once(stage.metricServerError(), {
      meaning: 'The API answered with a 5xx: a job may not have been registered.',
      action:
        'See which requests in the access log, and have them sent again. GET /health counts too.',
    }),
  };
}

type Words = Pick<AlarmSpec, 'meaning' | 'action'>;

/** Goes off over the first. No data is good news. */
function once(metric: IMetric, words: Words): AlarmSpec {
  const treatMissingData = TreatMissingData.NOT_BREACHING;
  return { ...words, metric, threshold: 1, evaluationPeriods: 1, treatMissingData };
}

/** Goes off over the third in a period: one is made up for by the next sweep, or by who tries again. */
function repeated(metric: IMetric, words: Words): AlarmSpec {
  return { ...once(metric, words), threshold: 3 };
}

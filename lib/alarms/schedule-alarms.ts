import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmSpecs } from './alarm-spec.ts';

/** Is the monitor invoked, and what became of the invocations that came to nothing? */
export function scheduleAlarms(schedules: IScheduleGroup, deadLetters: IQueue): AlarmSpecs {
  const period = Duration.minutes(15);
  return {
    // Nobody tries a minute again, and the next one makes up for it: one now and then does no harm.
    InvocationsRefused: {
      meaning: 'Lambda did not accept three invocations of the monitor in 15 minutes.',
      metric: schedules.metricTargetErrors({ period }),
      threshold: 3,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    InvocationsDropped: {
      meaning: 'Scheduler gave up three invocations of the monitor in 15 minutes.',
      metric: schedules.metricDropped({ period }),
      threshold: 3,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    // SQS stops reporting on a queue that nobody has used for six hours, dead letters in it or not.
    DeadLetters: {
      meaning: 'There are events for which there was no sweep, or one that failed.',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    },
  };
}

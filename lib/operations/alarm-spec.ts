import type { AlarmProps, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** What an alarm watches, when it goes off, and what that means. */
export interface AlarmSpec
  extends Pick<
    AlarmProps,
    'metric' | 'threshold' | 'comparisonOperator' | 'evaluationPeriods' | 'treatMissingData'
  > {
  /** What is wrong when it goes off, in a sentence. */
  readonly meaning: string;

  /** What no data says. Chosen for each alarm: silence is good news to some and the worst to others. */
  readonly treatMissingData: TreatMissingData;
}

/** Alarms by name. Each has an entry of the same name in docs/operations.md. */
export type AlarmSpecs = Readonly<Record<string, AlarmSpec>>;

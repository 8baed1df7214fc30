import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Logs are kept for as long as a job that ended stays on record: 90 days. */
export const LOG_RETENTION = RetentionDays.THREE_MONTHS;

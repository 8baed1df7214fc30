/** What AWS charges for one of something. */
export interface Price {
  /** Dollars for one, beyond what is free. */
  readonly usd: number;
  /** One of what. */
  readonly per: string;
  /** How many every account has for nothing each month, always, where its other uses leave them. */
  readonly free?: number;
  /** Where it is published. */
  readonly source: string;
  /** The last month for which we have seen it confirmed. */
  readonly asOf: string;
}

const MILLION = 1_000_000;

/** On-demand prices in us-east-1 (N. Virginia), in dollars. */
export const PRICES = {
  lambdaRequest: {
    usd: 0.2 / MILLION,
    per: 'invocation',
    free: MILLION,
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: '2026-01',
  },
  lambdaGbSecond: {
    usd: 0.0000133334,
    per: 'GB-second on Arm, first tier',
    free: 400_000,
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: '2026-05',
  },
  durableOperation: {
    usd: 8 / MILLION,
    per: 'durable operation; each retry of a step is one',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: '2026-09',
  },
  durableGbWritten: {
    usd: 0.25,
    per: 'GB that durable operations write',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: '2026-01',
  },
  stateTransition: {
    usd: 25 / MILLION,
    per: 'state transition of a Standard workflow',
    free: 4_000,
    source: 'https://aws.amazon.com/step-functions/pricing/',
    asOf: '2026-03',
  },
  sqsRequest: {
    usd: 0.4 / MILLION,
    per: 'request of up to 64 KB, or batch of up to 10 messages',
    free: MILLION,
    source: 'https://aws.amazon.com/sqs/pricing/',
    asOf: '2026-01',
  },
  writeUnit: {
    usd: 0.625 / MILLION,
    per: 'DynamoDB write request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf: '2026-01',
  },
  readUnit: {
    usd: 0.125 / MILLION,
    per: 'DynamoDB read request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf: '2026-01',
  },
  storedGbMonth: {
    usd: 0.25 + 0.2,
    per: 'GB-month in DynamoDB, and as much again in point-in-time recovery',
    free: 25,
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf: '2026-01',
  },
  httpApiRequest: {
    usd: 1 / MILLION,
    per: 'request to an HTTP API, first tier',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
    asOf: '2025-05',
  },
  snsPublish: {
    usd: 0.5 / MILLION,
    per: 'publish of up to 64 KB; deliveries cost every design the same and are left out',
    free: MILLION,
    source: 'https://aws.amazon.com/sns/pricing/',
    asOf: '2026-06',
  },
  scheduledInvocation: {
    usd: 1 / MILLION,
    per: 'invocation by EventBridge Scheduler',
    free: 14 * MILLION,
    source: 'https://aws.amazon.com/eventbridge/pricing/',
    asOf: '2026-03',
  },
  logGb: {
    usd: 0.5,
    per: 'GB of logs taken in',
    free: 5,
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    asOf: '2026-06',
  },
  metricMonth: {
    usd: 0.3,
    per: 'custom metric and month',
    free: 10,
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    asOf: '2026-02',
  },
  alarmMetricMonth: {
    usd: 0.1,
    per: 'metric of an alarm and month',
    free: 10,
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    asOf: '2026-02',
  },
  dashboardMonth: {
    usd: 3,
    per: 'dashboard and month',
    free: 3,
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    asOf: '2026-06',
  },
  secretMonth: {
    usd: 0.4,
    per: 'secret and month',
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
    asOf: '2018-04',
  },
  secretRead: {
    usd: 0.05 / 10_000,
    per: 'request to Secrets Manager',
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
    asOf: '2018-04',
  },
  keyMonth: {
    usd: 1,
    per: 'key of our own in KMS and month',
    source: 'https://aws.amazon.com/kms/pricing/',
    asOf: '2026-03',
  },
} as const satisfies Readonly<Record<string, Price>>;

/** What has a price. */
export type Priced = keyof typeof PRICES;

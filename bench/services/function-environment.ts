/** What is around the functions. */
export interface Surroundings {
  readonly dynamoDbUrl: string;
  readonly upstreamUrl: string;
  /** Checks in flight. */
  readonly concurrency: number;
}

/** The budget of every sweep (checks a minute): the most that upstream allows anybody. */
export const BUDGET = 5_000;

/** The environment that a deployment gives the functions, with the services of the benchmark. */
export function functionEnvironment({
  dynamoDbUrl,
  upstreamUrl,
  concurrency,
}: Surroundings): Readonly<Record<string, string>> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_ENDPOINT_URL: dynamoDbUrl,
    JOBS_TABLE: 'Jobs',
    CHECKPOINT_TABLE: 'Checkpoint',
    SUBSCRIPTIONS_TABLE: 'Subscriptions',
    ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Alerts',
    OPERATOR_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Operators',
    ITWIN_API_URL: upstreamUrl,
    ITWIN_TOKEN_URL: upstreamUrl,
    ITWIN_CLIENT_ID: 'client',
    ITWIN_CLIENT_SECRET: 'secret',
    CHECKS_PER_MINUTE: String(BUDGET),
    CHECK_CONCURRENCY: String(concurrency),
  };
}

import { AWS_CREDENTIALS, REGION, TABLES } from './engines.ts';
import type { World } from './world.ts';

/**
 * The environment that a deployment would give the monitor function in a world.
 *
 * @param dynamoDbUrl to be given where the tables are in memory
 */
export function functionEnvironment(
  { engines }: Pick<World, 'engines'>,
  dynamoDbUrl = engines.dynamoDbUrl,
): Readonly<Record<string, string>> {
  const { sns, simulator } = engines;
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_SNS: sns.url,
    JOBS_TABLE: TABLES.jobs,
    CHECKPOINT_TABLE: TABLES.checkpoint,
    SUBSCRIPTIONS_TABLE: TABLES.subscriptions,
    ALERT_TOPIC_ARN: sns.topicArn,
    OPERATOR_TOPIC_ARN: sns.operatorTopicArn,
    ITWIN_API_URL: simulator.url,
    ITWIN_TOKEN_URL: simulator.tokenUrl,
    ITWIN_CLIENT_ID: simulator.clientId,
    ITWIN_CLIENT_SECRET: simulator.clientSecret,
    // Lets the libraries write to the console of this process, which the tests listen to.
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
  };
}

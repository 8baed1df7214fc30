import { type LocalFunction, startFunction } from './lambda/function.ts';

/** Timeouts of the functions (ms), as they are deployed. */
const API_TIMEOUT = 29_000;
const MONITOR_TIMEOUT = 60_000;

/** Where the functions find tables and topic. */
export interface Surroundings {
  readonly dynamoDbUrl: string;
  readonly snsUrl: string;
  readonly jobsTable: string;
  readonly checkpointTable: string;
  readonly subscriptionsTable: string;
  readonly topicArn: string;
  /** Whom the stack subscribes, each as `email:team@example.com`. */
  readonly declaredSubscriptions: readonly string[];
}

/** The embedded engines ask for no credentials, but the SDK does not send a request without. */
const AWS_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

/**
 * Starts the api function as it is deployed.
 *
 * @param remindAfterMinutes when a reminder is due where a registration says nothing; 0: never
 */
export function startApi(
  surroundings: Surroundings,
  remindAfterMinutes: number,
  onLine: (line: string) => void,
): Promise<LocalFunction> {
  return startFunction({
    functionName: 'api',
    entry: new URL('../functions/api/handler.ts', import.meta.url),
    environment: {
      ...environmentOf(surroundings),
      REMIND_AFTER_MINUTES: String(remindAfterMinutes),
    },
    timeout: API_TIMEOUT,
    onLine,
  });
}

/**
 * Starts the monitor function as it is deployed.
 *
 * @param upstream the settings that say whom to watch, and how to get in
 */
export function startMonitor(
  surroundings: Surroundings,
  upstream: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Promise<LocalFunction> {
  return startFunction({
    functionName: 'monitor',
    entry: new URL('../functions/monitor/handler.ts', import.meta.url),
    environment: {
      ...environmentOf(surroundings),
      ...upstream,
    },
    timeout: MONITOR_TIMEOUT,
    onLine,
  });
}

function environmentOf(surroundings: Surroundings): Record<string, string> {
  return {
    ...AWS_ENVIRONMENT,
    AWS_ENDPOINT_URL_DYNAMODB: surroundings.dynamoDbUrl,
    JOBS_TABLE: surroundings.jobsTable,
    CHECKPOINT_TABLE: surroundings.checkpointTable,
    SUBSCRIPTIONS_TABLE: surroundings.subscriptionsTable,
    AWS_ENDPOINT_URL_SNS: surroundings.snsUrl,
    ALERT_TOPIC_ARN: surroundings.topicArn,
    DECLARED_SUBSCRIPTIONS: JSON.stringify(surroundings.declaredSubscriptions),
  };
}

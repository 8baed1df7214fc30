import type { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Log, TimeSource } from '../../core/ports.ts';

/**
 * How every AWS client waits: three attempts, each with 1 s to connect, 3 s until the answer begins
 * and at most 3 s of silence within it. Region, credentials and endpoint come from the environment.
 */
const SETTINGS = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    throwOnRequestTimeout: true,
    socketTimeout: 3_000,
  },
};

/** A DynamoDB client that takes plain objects; an undefined attribute counts as absent. */
export function createDynamoDBClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(SETTINGS), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** An SNS client. */
export function createSNSClient(): SNSClient {
  return new SNSClient(SETTINGS);
}

/** An SQS client. */
export function createSQSClient(): SQSClient {
  return new SQSClient(SETTINGS);
}

/** A Secrets Manager client. */
export function createSecretsManagerClient(): SecretsManagerClient {
  return new SecretsManagerClient(SETTINGS);
}

/** The log of a function: JSON lines by Powertools, with what Lambda says of the invocation. */
export function createLog(logger: Logger): Log {
  return {
    info: (message, facts = {}) => logger.info(message, { ...facts }),
    warn: (message, facts = {}) => logger.warn(message, { ...facts }),
    error: (message, facts = {}) => logger.error(message, { ...facts }),
  };
}

/** The time of the machine. */
export const systemTime: TimeSource = {
  now: () => Date.now(),
  timeout: (ms) => AbortSignal.timeout(ms),
};

import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  createDynamoDBClient,
  createSecretsManagerClient,
  createSNSClient,
  createSQSClient,
} from '../../functions/adapters/lambda/runtime.ts';

/** The SDK clients that the monitor function needs, and nothing else. */
const clients = [
  createDynamoDBClient(),
  createSNSClient(),
  createSQSClient(),
  createSecretsManagerClient(),
];

export const handler = async () => [
  clients,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
  PublishCommand,
  paginateListSubscriptionsByTopic,
  GetSecretValueCommand,
  SendMessageBatchCommand,
];

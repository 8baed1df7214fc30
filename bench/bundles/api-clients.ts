import {
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { createDynamoDBClient } from '../../functions/adapters/clients.ts';

/** The SDK clients that the api function needs, and nothing else. */
const tables = createDynamoDBClient();

export const handler = async () => [
  tables,
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
];

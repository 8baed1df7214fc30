import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../../local/dynamodb/embedded-dynamodb.ts';
import { synthesisOfStack } from '../../../../local/synthesis.ts';

/** To read it takes a moment, and a file has many APIs. */
const { template } = await synthesisOfStack();

/** An empty DynamoDB with the tables of the stack: `Jobs`, `Checkpoint` and `Subscriptions`. */
export function startTables(): Promise<EmbeddedDynamoDb> {
  return startEmbeddedDynamoDb({ template });
}

import {
  CreateTableCommand,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Table } from './tables.ts';

/** How long a table may take to become active, and how often to ask, in seconds. */
const WAIT = { maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 };

/** Creates tables. They are active when this resolves. */
export async function createTables(
  client: DynamoDBClient,
  tables: readonly Table[],
): Promise<void> {
  for (const { name, definition } of tables) {
    await client.send(new CreateTableCommand(definition));
    await waitUntilTableExists({ client, ...WAIT }, { TableName: name });
  }
}

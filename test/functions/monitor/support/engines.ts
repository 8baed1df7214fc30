import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../../local/dynamodb/embedded-dynamodb.ts';
import {
  type ItwinSimulator,
  startItwinSimulator,
} from '../../../../local/itwin-simulator/server.ts';
import { type EmbeddedSns, startEmbeddedSns } from '../../../../local/sns/embedded-sns.ts';
import { synthesisOfStack } from '../../../../local/synthesis.ts';

/** Tables, topic and upstream, all of them empty. */
export interface Engines {
  /** Throws when the tables are in memory. */
  readonly dynamoDbUrl: string;
  readonly sns: EmbeddedSns;
  readonly simulator: ItwinSimulator;
  close(): Promise<void>;
}

/** What stands for AWS asks for neither, but the SDK does not send a request without. */
export const REGION = 'us-east-1';
export const AWS_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Where the stack has its tables: their names are the ids of their constructs. */
export const TABLES = { jobs: 'Jobs', checkpoint: 'Checkpoint', subscriptions: 'Subscriptions' };

/** To read it takes a moment, and a file has many worlds. */
const { template } = await synthesisOfStack();

/**
 * Starts the engines.
 *
 * @param now the clock that upstream goes by (ms since the epoch)
 * @param tables in memory: no DynamoDB is started
 */
export async function startEngines(
  now: () => number,
  tables: 'DynamoDB' | 'memory' = 'DynamoDB',
): Promise<Engines> {
  const dynamoDb = tables === 'DynamoDB' ? await startDynamoDb() : undefined;
  const sns = await startEmbeddedSns({ topicName: 'Alerts', subscriptions: [], region: REGION });
  const simulator = await startItwinSimulator({ now });
  return {
    get dynamoDbUrl() {
      if (!dynamoDb) throw new Error('The tables are in memory: there is no DynamoDB to ask.');
      return dynamoDb.url;
    },
    sns,
    simulator,
    async close() {
      await Promise.all([dynamoDb?.close(), sns.close(), simulator.close()]);
    },
  };
}

function startDynamoDb(): Promise<EmbeddedDynamoDb> {
  return startEmbeddedDynamoDb({ template });
}

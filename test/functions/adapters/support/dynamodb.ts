import {
  type ConsumedCapacity,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { tablesOf } from '../../../../local/dynamodb/tables.ts';
import { listenFor } from '../../../../local/listen.ts';
import { synthesisOfStack } from '../../../../local/synthesis.ts';

const tables = tablesOf((await synthesisOfStack()).template);

/** The tables as the stack defines them. */
export const JOBS = definitionOf('Jobs');
export const CHECKPOINT = definitionOf('Checkpoint');
export const SUBSCRIPTIONS = definitionOf('Subscriptions');

/** A DynamoDB that lives in this process. */
export interface TestDynamoDB {
  readonly client: DynamoDBDocumentClient;
  /** Names of the operations that were asked for, in order: `PutItem`. */
  readonly requests: string[];
  /** What each request cost of those that tell: capacity units, in order. */
  readonly consumed: number[];
  /** Carries out the next request, but breaks the connection instead of answering it. */
  loseNextAnswer(): void;
  stop(): void;
}

/** Starts a DynamoDB that has one empty table. */
export async function startDynamoDB(table: CreateTableCommandInput): Promise<TestDynamoDB> {
  const server = dynalite({ createTableMs: 0 });
  const requests: string[] = [];
  server.on('request', ({ headers }) => {
    requests.push(String(headers['x-amz-target']).replace(/^.*\./, ''));
  });
  const client = clientOf(await listenFor(server));
  await createTable(client, table);
  requests.length = 0;
  const consumed = countConsumed(client);
  return {
    client,
    requests,
    consumed,
    loseNextAnswer() {
      server.prependOnceListener('request', (_request, response) => {
        response.end = () => response.destroy();
      });
    },
    stop() {
      client.destroy();
      server.close();
    },
  };
}

/** A client of the DynamoDB that answers at a URL. */
export function clientOf(endpoint: string): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** Creates a table and waits until it is there. */
export async function createTable(
  client: DynamoDBDocumentClient,
  table: CreateTableCommandInput,
): Promise<void> {
  await client.send(new CreateTableCommand(table));
  await waitUntilTableExists(
    { client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 1 },
    { TableName: table.TableName },
  );
}

/** Lets a client ask with each request what it costs. */
function countConsumed(client: DynamoDBDocumentClient): number[] {
  const consumed: number[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(args);
      const { ConsumedCapacity = [] } = result.output as {
        ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
      };
      consumed.push(...[ConsumedCapacity].flat().map(({ CapacityUnits = 0 }) => CapacityUnits));
      return result;
    },
    { step: 'initialize' },
  );
  return consumed;
}

function definitionOf(name: string): CreateTableCommandInput {
  const table = tables.find((candidate) => candidate.name === name);
  if (!table) throw new Error(`The stack has no table ${name}.`);
  return table.definition;
}

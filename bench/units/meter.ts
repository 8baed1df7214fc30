import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../local/dynamodb/tables.ts';
import { type Item, indexWrites, keyOf } from './index-writes.ts';

/** What was asked of DynamoDB, and what it took. */
export interface Consumption {
  readUnits: number;
  writeUnits: number;
  /** `PutItem Jobs`, one for each request. */
  readonly requests: string[];
}

/** A DynamoDB with a meter. */
export interface Meter {
  /** What goes through this client is counted. */
  readonly documents: DynamoDBDocumentClient;
  /** What was consumed since the last time. */
  read(): Readonly<Consumption>;
  close(): void;
}

interface Request {
  readonly TableName: string;
  /** Of a PutItem. */
  readonly Item?: Item;
  /** Of an UpdateItem. */
  readonly Key?: Item;
  ReturnConsumedCapacity?: 'TOTAL';
}

interface Response {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number };
}

const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem']);

/** What a write takes whose condition did not hold: the item is under 1 KB. */
const REFUSED_WRITE = 1;

/**
 * Meters the tables of a dynalite. It tells what reads take, and writes of a table, but leaves out
 * the indexes; what a write has taken there is reckoned from what it has changed. A test compares that
 * with Amazon's own DynamoDB Local, which counts them.
 */
export function createMeter(url: string, tables: readonly Table[]): Meter {
  const documents = documentsOf(url);
  const aside = documentsOf(url);
  let consumed: Consumption = { readUnits: 0, writeUnits: 0, requests: [] };

  documents.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const request = args.input as Request;
        const operation = commandName.replace(/Command$/, '');
        const table = tables.find(({ name }) => name === request.TableName);
        request.ReturnConsumedCapacity = 'TOTAL';
        consumed.requests.push(`${operation} ${request.TableName}`);
        if (!WRITES.has(operation)) {
          const result = await next(args);
          consumed.readUnits += unitsOf(result.output);
          return result;
        }
        const indexUnits = await watchIndexes(aside, table, request);
        try {
          const result = await next(args);
          const units = unitsOf(result.output) + (await indexUnits());
          consumed.writeUnits += units;
          return result;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException)
            consumed.writeUnits += REFUSED_WRITE;
          throw error;
        }
      },
    { step: 'initialize' },
  );

  return {
    documents,
    read() {
      const reading = consumed;
      consumed = { readUnits: 0, writeUnits: 0, requests: [] };
      return reading;
    },
    close() {
      for (const client of [documents, aside]) client.destroy();
    },
  };
}

/**
 * Looks at the item that a write is about to change.
 *
 * @returns tells the units that the write has taken in the indexes, once it is made
 */
async function watchIndexes(
  documents: DynamoDBDocumentClient,
  table: Table | undefined,
  { Item, Key }: Request,
): Promise<() => Promise<number>> {
  if (table?.definition.GlobalSecondaryIndexes === undefined) return async () => 0;
  const get = new GetCommand({
    TableName: table.name,
    Key: Key ?? keyOf(table, Item),
    ConsistentRead: true,
  });
  const { Item: before } = await documents.send(get);
  return async () => indexWrites(table, before, (await documents.send(get)).Item);
}

function unitsOf(output: object): number {
  return (output as Response).ConsumedCapacity?.CapacityUnits ?? 0;
}

/** A client that writes as the product's does. */
function documentsOf(endpoint: string): DynamoDBDocumentClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** All of it together. */
export function sumOf(consumptions: readonly Consumption[]): Consumption {
  return {
    readUnits: consumptions.reduce((sum, { readUnits }) => sum + readUnits, 0),
    writeUnits: consumptions.reduce((sum, { writeUnits }) => sum + writeUnits, 0),
    requests: consumptions.flatMap(({ requests }) => requests),
  };
}

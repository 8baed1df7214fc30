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
 * the indexes; what a write has taken there is reckoned from what it has changed.
 */
export function createMeter(url: string, tables: readonly Table[]): Meter {
  const documents = documentsOf(url);
  const aside = documentsOf(url);
  let consumed: Consumption = { readUnits: 0, writeUnits: 0, requests: [] };

  async function itemOf(table: Table, { Item, Key }: Request): Promise<Item | undefined> {
    const command = { TableName: table.name, Key: Key ?? keyOf(table, Item), ConsistentRead: true };
    return (await aside.send(new GetCommand(command))).Item;
  }

  async function counted<T extends { readonly output: object }>(
    operation: string,
    request: Request,
    send: () => Promise<T>,
  ): Promise<T> {
    const table = tables.find(({ name }) => name === request.TableName);
    const units = WRITES.has(operation) ? 'writeUnits' : 'readUnits';
    const indexed =
      units === 'writeUnits' && table?.definition.GlobalSecondaryIndexes ? table : undefined;
    const before = indexed && (await itemOf(indexed, request));
    request.ReturnConsumedCapacity = 'TOTAL';
    const result = await send();
    consumed[units] += (result.output as Response).ConsumedCapacity?.CapacityUnits ?? 0;
    if (indexed) {
      const after = await itemOf(indexed, request);
      consumed.writeUnits += indexWrites(indexed, before, after);
    }
    return result;
  }

  documents.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/, '');
        const request = args.input as Request;
        consumed.requests.push(`${operation} ${request.TableName}`);
        try {
          return await counted(operation, request, () => next(args));
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) {
            consumed.writeUnits += REFUSED_WRITE;
          }
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

/** As the product has it; an adapter's client tells nobody what it has consumed. */
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

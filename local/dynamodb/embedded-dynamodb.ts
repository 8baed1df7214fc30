import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CloudFormationTemplate } from '../template.ts';
import { type DynaliteOptions, type DynaliteServer, startDynalite } from './dynalite-server.ts';
import { startOnDisk } from './store.ts';
import { createTables, type Table, tablesOf } from './tables.ts';

/** Settings of {@link startEmbeddedDynamoDb}. */
export interface EmbeddedDynamoDbOptions extends Pick<DynaliteOptions, 'socket' | 'room'> {
  /** Where the tables are defined. */
  readonly template: CloudFormationTemplate;

  /**
   * The folder to keep the tables in, made when it is missing.
   *
   * @default - in memory
   */
  readonly dataDir?: string;

  /**
   * The clock that says which items have expired, in ms since the epoch.
   *
   * @default Date.now
   */
  readonly now?: () => number;
}

/** A DynamoDB on this machine. */
export interface EmbeddedDynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;

  readonly client: DynamoDBClient;

  /** Answers what was asked, then stops and gives the folder back. */
  close(): Promise<void>;
}

/**
 * Starts an embedded DynamoDB with the tables of a CloudFormation template, under the names of their
 * constructs. DynamoDB's removal of expired items happens at the start only.
 *
 * @throws {DataDirInUse} when another local run keeps its tables in `dataDir`.
 * @throws {StoreUnreadable} when the tables in `dataDir` are damaged.
 * @throws {DiskFull} when there is no room for them.
 */
export async function startEmbeddedDynamoDb({
  template,
  dataDir,
  now = Date.now,
  ...where
}: EmbeddedDynamoDbOptions): Promise<EmbeddedDynamoDb> {
  const tables = tablesOf(template);
  return dataDir === undefined
    ? startInMemory(tables, where.socket)
    : startOnDisk({ ...where, dataDir, tables, now: now() });
}

async function startInMemory(
  tables: readonly Table[],
  socket: string | undefined,
): Promise<DynaliteServer> {
  const server = await startDynalite({ socket });
  await createTables(server.client, tables);
  return server;
}

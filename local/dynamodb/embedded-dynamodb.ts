import type { CloudFormationTemplate } from '../template.ts';
import { type DynaliteServer, startDynalite } from './dynalite-server.ts';
import { startOnDisk } from './store.ts';
import { createTables, type Table, tablesOf } from './tables.ts';

/** Settings of {@link startEmbeddedDynamoDb}. */
export interface EmbeddedDynamoDbOptions {
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

/** A DynamoDB on 127.0.0.1. */
export interface EmbeddedDynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;

  /** The name of each table by the id of its construct in the stack. */
  readonly tableNames: Readonly<Record<string, string>>;

  /** Answers what was asked, then stops and gives the folder back. */
  close(): Promise<void>;
}

/**
 * Starts an embedded DynamoDB with the tables of a CloudFormation template. DynamoDB's removal of
 * expired items happens at the start only.
 *
 * @throws {DataDirInUse} when another local run keeps its tables in `dataDir`.
 * @throws {StoreUnreadable} when the tables in `dataDir` are damaged.
 */
export async function startEmbeddedDynamoDb({
  template,
  dataDir,
  now = Date.now,
}: EmbeddedDynamoDbOptions): Promise<EmbeddedDynamoDb> {
  const tables = tablesOf(template);
  const { url, close } =
    dataDir === undefined
      ? await startInMemory(tables)
      : await startOnDisk({ dataDir, tables, now: now() });
  return { url, close, tableNames: Object.fromEntries(tables.map(({ name }) => [name, name])) };
}

async function startInMemory(tables: readonly Table[]): Promise<DynaliteServer> {
  const server = await startDynalite();
  await createTables(server.client, tables);
  return server;
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type CreateTableCommandInput, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientOf, createTable } from '../../functions/adapters/support/dynamodb.ts';

/** Amazon's own DynamoDB for one machine, in a process of its own. */
export interface DynamoDBLocal {
  /** Creates an empty table of this kind with a name that no other has. */
  createTable(table: CreateTableCommandInput): Promise<[DynamoDBDocumentClient, string]>;
  stop(): Promise<void>;
}

/** How long (ms) the process may take until it answers. */
const PATIENCE = 30_000;

/**
 * Where DynamoDB Local is: the folder of `DynamoDBLocal.jar`. It is far too large to come with every
 * `npm ci`, and it needs Java 17.
 */
const FOLDER = process.env.DYNAMODB_LOCAL;

/** Why there is no DynamoDB Local here; undefined when there is. */
export function whyNoDynamoDBLocal(): string | undefined {
  if (!FOLDER) return 'DYNAMODB_LOCAL is not set';
  return spawnSync('java', ['-version']).error ? 'there is no java' : undefined;
}

/** Starts a DynamoDB Local that keeps everything in memory. */
export async function startDynamoDBLocal(): Promise<DynamoDBLocal> {
  const port = await freePort();
  const options = ['-jar', 'DynamoDBLocal.jar', '-inMemory', '-disableTelemetry'];
  const settings = ['-Djava.library.path=DynamoDBLocal_lib', ...options, '-port', String(port)];
  const process = spawn('java', settings, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
  const client = clientOf(`http://127.0.0.1:${port}`);
  await untilItAnswers(client, process);
  let tables = 0;
  return {
    async createTable(table) {
      tables += 1;
      const TableName = `${table.TableName}-${tables}`;
      await createTable(client, { ...table, TableName });
      return [client, TableName];
    },
    async stop() {
      client.destroy();
      process.kill();
      await once(process, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
}

async function untilItAnswers(client: DynamoDBDocumentClient, process: ChildProcess) {
  const deadline = Date.now() + PATIENCE;
  while (process.exitCode === null && Date.now() < deadline) {
    try {
      await client.send(new ListTablesCommand());
      return;
    } catch {
      await setTimeout(100);
    }
  }
  throw new Error(`DynamoDB Local does not start: is its jar in ${FOLDER}, and is this Java 17?`);
}

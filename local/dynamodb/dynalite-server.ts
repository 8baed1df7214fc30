import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { Level } from 'level';

/** A dynalite listening on 127.0.0.1, and a client of it. */
export interface DynaliteServer {
  readonly url: string;
  readonly client: DynamoDBClient;
  /** Answers what was asked, then stops and closes the store. */
  close(): Promise<void>;
}

/** LevelDB cannot open the folder of a store. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}

/**
 * Starts a dynalite on a free port.
 *
 * @param path The folder of its store, made when it is missing. In memory when left out.
 * @throws {StoreUnreadable} when the store cannot be opened.
 */
export async function startDynalite(path?: string): Promise<DynaliteServer> {
  if (path !== undefined) await tryOpening(path);
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  // dynalite throws what a request emits as 'error': a caller that hangs up would end this process.
  server.on('request', (request) => request.removeAllListeners('error'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    url,
    client,
    async close() {
      client.destroy();
      await promisify(server.close).call(server);
    },
  };
}

/** dynalite opens its store unasked and ends the process when that fails, without saying why. */
async function tryOpening(path: string): Promise<void> {
  const store = new Level(path);
  try {
    await store.open();
  } catch (error) {
    throw new StoreUnreadable(
      `${path} cannot be opened. If it is damaged, move it elsewhere to start with empty tables.`,
      { cause: error },
    );
  }
  await store.close();
}

import { statfsSync } from 'node:fs';
import { Agent, type RequestListener } from 'node:http';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { AbstractKeyIterator, AbstractValueIterator } from 'abstract-level';
import dynalite from 'dynalite';
import { listenFor } from '../listen.ts';

/** A dynalite that listens, and a client of it. */
export interface DynaliteServer {
  /** For the SDK's `endpoint`. */
  readonly url: string;
  readonly client: DynamoDBClient;
  /** Answers what was asked, then stops and closes the store. */
  close(): Promise<void>;
}

/** What to start, and where. */
export interface DynaliteOptions {
  /** The folder of a store. @default - in memory */
  readonly path?: string | undefined;
  /** Where to listen. @default - a free port of 127.0.0.1, which is for tests */
  readonly socket?: string | undefined;
  /**
   * Called when a write was done. Who asked for it is told once this resolves; a rejection is nobody's to
   * handle, and ends the process.
   */
  readonly onWritten?: (() => Promise<void>) | undefined;
  /** How many bytes there are for writes. @default - those of the disk, less a reserve */
  readonly room?: ((path: string) => number) | undefined;
}

// dynalite ends an iterator by `return`, which those of level do not have: each list would stay in
// memory with all that it saw.
for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
  Object.assign(prototype, {
    return(this: typeof prototype) {
      return this.close();
    },
  });
}

/** Starts a dynalite, whose store must be one that can be opened. */
export async function startDynalite(options: DynaliteOptions = {}): Promise<DynaliteServer> {
  const { path, socket } = options;
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  const [answer] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const isWrite = /\.(Put|Update|Delete|BatchWrite)/.test(
      String(request.headers['x-amz-target']),
    );
    if (isWrite && path !== undefined && (options.room ?? roomOn)(path) <= 0) {
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(fullDisk(path)));
      return;
    }
    if (isWrite && options.onWritten) {
      const { onWritten } = options;
      const end = response.end.bind(response);
      response.end = ((body: string) => {
        if (response.statusCode !== 200) return end(body);
        void onWritten().then(() => end(body));
        return response;
      }) as typeof response.end;
    }
    answer?.(request, response);
    // dynalite throws what a request emits as 'error': a caller that hangs up would end this process.
    request.removeAllListeners('error');
  });
  const url = await listenFor(server, socket);
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...(socket !== undefined && {
      requestHandler: { httpAgent: agentOf(socket) },
    }),
  });
  // dynalite opens its store by and by; who looks into the folder finds it open.
  await client.send(new ListTablesCommand());
  return {
    url,
    client,
    async close() {
      client.destroy();
      await promisify(server.close).call(server);
    },
  };
}

/** Sends all requests to a socket. */
function agentOf(socketPath: string): Agent {
  const options = { keepAlive: true, socketPath };
  return new Agent(options);
}

/** What is left to LevelDB (bytes), which breaks for good when a write of its own fails. */
const RESERVE = 16 * 1024 * 1024;

/** How many bytes there are on the disk of a folder, beyond the reserve: a tenth of a small disk. */
export function roomOn(path: string): number {
  const { bavail, bsize, blocks } = statfsSync(path);
  // Some file systems, mounted by FUSE say, do not tell: taken for full, none would take a write.
  if (blocks === 0) return Number.POSITIVE_INFINITY;
  return bavail * bsize - Math.min(RESERVE, (blocks * bsize) / 10);
}

/** In the form of DynamoDB's own error, which the SDK throws and the log tells. */
function fullDisk(path: string): object {
  return {
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: `The disk is full that ${path} is on. Make room: nothing is lost, and it goes on by itself.`,
  };
}

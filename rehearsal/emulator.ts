import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import pRetry, { AbortError } from 'p-retry';
import { codeOf } from '../local/files.ts';
import { listenFor, stopServer } from '../local/listen.ts';

/** An AWS emulator on this machine. */
export interface Emulator {
  /** Where all services are; under another name than `localhost` it would take hosts for buckets. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** What to install where there is no emulator. */
export const NO_EMULATOR =
  "There is no moto_server on the PATH, so nothing was rehearsed. Install it with pip install 'moto[server]'.";

/** Starts `moto_server`. @returns undefined where it is not installed */
export async function startEmulator(): Promise<Emulator | undefined> {
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', port], { stdio: 'ignore' });
  try {
    await once(server, 'spawn');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  // It would outlive a rehearsal that ends in an error, as when nobody reads its output any more.
  process.once('exit', () => server.kill());
  const endpoint = `http://localhost:${port}`;
  await answers(endpoint, server);
  return {
    endpoint,
    async stop() {
      if (server.exitCode === null && server.kill()) await once(server, 'exit');
    },
  };
}

/** Half a minute at the most: a Python that starts for the first time compiles a good deal. */
async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  const ask = async () => {
    if (server.exitCode !== null) throw new AbortError('moto_server ended before it answered.');
    await fetch(`${endpoint}/moto-api/data.json`);
  };
  await pRetry(ask, { retries: 120, minTimeout: 250, factor: 1 });
}

async function freePort(): Promise<string> {
  const server = createServer();
  const { port } = new URL(await listenFor(server));
  await stopServer(server);
  return port;
}

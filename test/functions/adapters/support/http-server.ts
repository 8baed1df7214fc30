import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { listenFor } from '../../../../local/listen.ts';

/** An HTTP server that answers as a test says. */
export interface TestServer {
  readonly url: string;
  /** What was asked for, in order. */
  readonly requests: readonly IncomingMessage[];
  /** How many connections were opened to it. */
  connections(): number;
  /** Answers from now on so. */
  answer(listener: RequestListener): void;
  stop(): void;
}

/** Starts a server on a free port of this machine. */
export async function startServer(): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  let listener: RequestListener = (_request, response) => response.end();
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  return {
    url: await listenFor(server),
    requests,
    connections: () => connections,
    answer(next) {
      listener = next;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

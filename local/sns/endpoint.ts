import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { errorAnswer, type SnsAnswer } from './query-protocol.ts';

/** The endpoint that an SNS client talks to. */
interface SnsEndpoint {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves SNS on a free port of 127.0.0.1; whatever `answer` throws, the client gets as a 500. Requests
 * are posted, but for links in mails, which somebody opens.
 */
export async function serveSns(
  answer: (request: URLSearchParams) => Promise<SnsAnswer>,
): Promise<SnsEndpoint> {
  const server = createServer(async (request, response) => {
    const { status, body } = await formOf(request)
      .then(answer)
      .catch((error: unknown) => errorAnswer(500, 'InternalError', String(error)));
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a mail may link to. */
const LINKED: ReadonlySet<string | null> = new Set(['ConfirmSubscription', 'Unsubscribe']);

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const { method, url = '' } = request;
  if (method !== 'GET') return new URLSearchParams(await text(request));
  const query = new URLSearchParams(url.slice(url.indexOf('?')));
  return LINKED.has(query.get('Action')) ? query : new URLSearchParams();
}

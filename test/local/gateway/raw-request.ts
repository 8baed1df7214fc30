import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request that goes over the wire as it is written here. */
export type RawRequest = {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  /** @default the gateway's own */
  readonly host?: string;
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body?: string | Buffer;
};

/** A response as it came over the wire. */
type RawResponse = {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** Sends one request on a connection of its own, and reads the response to its end. */
export async function send(url: string, request: RawRequest): Promise<RawResponse> {
  const { hostname, port, host: ownHost } = new URL(url);
  const { method, target: path, host = ownHost, headers = [], body } = request;
  const outgoing = httpRequest({
    hostname,
    port,
    method,
    path,
    // A flat list: only so do repeated headers stay apart.
    headers: ['Host', host, ...headers.flat()],
    agent: false,
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { statusCode: status, headers: responseHeaders } = response;
  return { status, headers: responseHeaders, body: await text(response) };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { ForeignHost, RequestTooLarge } from './errors.ts';
import { type Identity, toEvent } from './events.ts';
import { type Invoke, invokeInTime } from './invoke.ts';
import { type GatewayResponse, jsonResponse, refusal, toResponse } from './responses.ts';

/** Payload limit of an HTTP API, bytes [quotas for HTTP APIs: 10 MB]. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** What a caller on this machine calls it: with a port or without. */
const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** How requests are answered. */
export type ExchangeSettings = {
  /** The function behind the gateway. */
  readonly invoke: Invoke;
  /** Who every caller is; absent as on a route without an authorizer. */
  readonly identity?: Identity;
  /** Answered as JSON past the function, by method and path, as in `GET /local/alerts`. */
  readonly localRoutes: Readonly<Record<string, () => Promise<unknown>>>;
  /** Told why a caller got a 5xx from the gateway. */
  readonly onError: (error: unknown) => void;
  /** How long the function may take, ms. */
  readonly timeoutMs: number;
  /** The time, ms since the epoch. */
  readonly now: () => number;
  /** Gives each request its id. */
  readonly newRequestId: () => string;
};

/** Answers one request. Ends when the answer is sent whole or the caller is gone. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ExchangeSettings,
): Promise<void> {
  const requestId = settings.newRequestId();
  const { statusCode, headers, body } = await answer(request, requestId, settings).catch(
    (error: unknown) => {
      const refused = refusal(error);
      if (refused.statusCode >= 500) settings.onError(error);
      return refused;
    },
  );
  response.statusCode = statusCode;
  response.setHeaders(headers);
  response.setHeader('apigw-requestid', requestId);
  response.end(body);
  await new Promise((end) => finished(response, end));
}

async function answer(
  request: IncomingMessage,
  requestId: string,
  { invoke, identity, localRoutes, onError, timeoutMs, now }: ExchangeSettings,
): Promise<GatewayResponse> {
  const time = now();
  const { method = '', url: target = '', headersDistinct: headers, socket } = request;
  const { remoteAddress: sourceIp = '', localPort: port = 0 } = socket;
  const body = await readBody(request);
  refuseForeignHost(request);

  const localRoute = localRoutes[`${method} ${target.split('?')[0]}`];
  if (localRoute) return jsonResponse(200, JSON.stringify(await localRoute()));

  const event = toEvent(
    { method, target, headers, body, sourceIp, port },
    { requestId, time, identity },
  );
  return toResponse(await invokeInTime(invoke, event, { timeoutMs, onError }));
}

/**
 * Nobody is asked who they are here. A web page whose name its owner points at 127.0.0.1 could
 * otherwise have the visitor's browser read and change everything (DNS rebinding).
 */
function refuseForeignHost({ headers: { host } }: IncomingMessage): void {
  if (host === undefined || !OWN_HOST.test(host)) throw new ForeignHost(host);
}

/** What is over the limit is read and dropped: a caller cut off in mid-body would miss the 413. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) throw new RequestTooLarge(BODY_LIMIT);
  return Buffer.concat(chunks);
}

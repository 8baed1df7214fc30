import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusalOf } from '../listen.ts';
import { type GatewayEvent, type Identity, toEvent, UndecodablePath } from './events.ts';
import { type GatewayResponse, jsonResponse, toResponse } from './responses.ts';

/** Payload limit of an HTTP API, bytes [quotas for HTTP APIs: 10 MB]. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** How requests are answered. */
export type ExchangeSettings = {
  /** Invokes the function behind the gateway. */
  readonly invoke: (event: GatewayEvent) => Promise<unknown>;
  /** Who every caller is; absent as on a route without an authorizer. */
  readonly identity?: Identity;
  /** Routes that the gateway has besides `$default`, as in `POST /jobs/batch`. */
  readonly routeKeys: readonly string[];
  /** Answered as JSON past the function, by method and path, as in `GET /local/alerts`. */
  readonly localRoutes: Readonly<Record<string, () => Promise<unknown>>>;
  /** Host names to answer to besides this machine's own. */
  readonly names: readonly string[];
  /** Told why a caller got a 5xx from the gateway. */
  readonly onError: (error: unknown) => void;
  /** How long the function may take, ms. */
  readonly timeoutMs: number;
  /** The time, ms since the epoch. */
  readonly now: () => number;
  /** Gives each request its id. */
  readonly newRequestId: () => string;
};

/** A request body over the gateway's limit, answered with 413. */
class RequestTooLarge extends Error {
  override readonly name = 'RequestTooLarge';

  constructor(limit: number) {
    super(`The request body is over ${limit} bytes.`);
  }
}

/** The caller went away before its request was there whole; nobody is left to be answered. */
class HungUp extends Error {
  override readonly name = 'HungUp';
}

/** The function did not answer within the integration timeout; the caller got 503. */
class IntegrationTimeout extends Error {
  override readonly name = 'IntegrationTimeout';

  constructor(timeoutMs: number) {
    super(`The function did not answer within ${timeoutMs} ms. It may still be running.`);
  }
}

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
      if (refused.statusCode >= 500 && !(error instanceof HungUp)) settings.onError(error);
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
  settings: ExchangeSettings,
): Promise<GatewayResponse> {
  const { identity, localRoutes, routeKeys } = settings;
  const time = settings.now();
  const { method = '', url: target = '', headersDistinct: headers, socket } = request;
  const { remoteAddress: sourceIp = '', localPort: port = 0 } = socket;
  // Before the body is read: any page may send one, and it would be kept until it is there whole.
  const refused = refusalOf(request, settings.names);
  if (refused) return messageResponse(refused.status, refused.message);
  const body = await readBody(request);

  const localRoute = localRoutes[`${method} ${target.split('?')[0]}`];
  if (localRoute) return jsonResponse(200, JSON.stringify(await localRoute()));

  const event = toEvent(
    { method, target, headers, body, sourceIp, port },
    { requestId, time, identity, routeKeys },
  );
  return toResponse(await invokeInTime(event, settings));
}

/** What is over the limit is read and dropped: a caller cut off in mid-body would miss the 413. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
    }
  } catch (cause) {
    throw new HungUp('The caller hung up.', { cause });
  }
  if (size > BODY_LIMIT) throw new RequestTooLarge(BODY_LIMIT);
  return Buffer.concat(chunks);
}

/**
 * The function's result for one event. Throws `IntegrationTimeout` when it takes too long: like the
 * real gateway this gives up on the function but cannot stop it, so a failure that comes later goes to
 * `onError`.
 */
async function invokeInTime(
  event: GatewayEvent,
  { invoke, timeoutMs, onError }: ExchangeSettings,
): Promise<unknown> {
  const answered = new AbortController();
  const timeout = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new IntegrationTimeout(timeoutMs);
  });
  const result = (async () => invoke(event))();
  try {
    return await Promise.race([result, timeout]);
  } catch (error) {
    if (error instanceof IntegrationTimeout) result.catch(onError);
    throw error;
  } finally {
    answered.abort();
  }
}

/**
 * What the caller gets instead of the function's answer when something went wrong: the gateway's
 * own terse message, with nothing of the error in it.
 *
 * 500 is recorded, 413 is as AWS's own emulator has it [aws/aws-lambda-dotnet,
 * Tools/LambdaTestTool-v2]. 503 for the timeout is what users of HTTP APIs report
 * [anomalyco/sst#2232, serverless/serverless#11222]; the 504 that is often named is the REST API's.
 * Of the 400 only the status is known.
 */
function refusal(error: unknown): GatewayResponse {
  if (error instanceof UndecodablePath) return messageResponse(400, 'Bad Request');
  if (error instanceof RequestTooLarge) return messageResponse(413, 'Request Entity Too Large');
  if (error instanceof IntegrationTimeout) return messageResponse(503, 'Service Unavailable');
  return messageResponse(500, 'Internal Server Error');
}

function messageResponse(statusCode: number, message: string): GatewayResponse {
  return jsonResponse(statusCode, JSON.stringify({ message }));
}

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type Asked, errorReply, JSON_TYPE, json, type Reply } from './replies.ts';
import type { Misbehaviour } from './script.ts';

const CHUNK_BYTES = 65_536;

type BadReply = Exclude<Misbehaviour, { kind: 'hang' | 'stall' | 'reset' | 'hugeBody' }>;

/** Sends a reply. */
export function send(response: ServerResponse, { status, headers, body, gzip }: Reply): void {
  response.statusCode = status;
  response.setHeaders(new Map(Object.entries(headers)));
  if (gzip) {
    response.setHeader('content-encoding', 'gzip');
  }
  response.end(gzip ? gzipSync(body) : body);
}

/** Acts on a response after `delayMs` milliseconds, unless its connection is gone by then. */
export function after(
  response: ServerResponse,
  delayMs: number | undefined,
  act: () => void,
): void {
  if (delayMs === undefined) {
    act();
    return;
  }
  const timer = setTimeout(act, delayMs);
  response.once('close', () => clearTimeout(timer));
}

/** Answers a request as badly as it was told to. */
export function misbehave(
  response: ServerResponse,
  misbehaviour: Misbehaviour,
  asked: Asked,
): void {
  after(response, misbehaviour.delayMs, () => perform(response, misbehaviour, asked));
}

function perform(response: ServerResponse, misbehaviour: Misbehaviour, asked: Asked): void {
  switch (misbehaviour.kind) {
    case 'hang':
      break;
    case 'stall': {
      const half = cutOff(asked);
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 2 * half.length });
      response.write(half);
      break;
    }
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'hugeBody':
      response.writeHead(200, JSON_TYPE);
      Readable.from(bodyOf(misbehaviour.bytes, asked)).pipe(response);
      break;
    default:
      if (isFromElsewhere(misbehaviour)) {
        for (const name of response.getHeaderNames()) response.removeHeader(name);
      }
      send(response, badReply(misbehaviour, asked));
  }
}

/** A CDN knows nothing of the platform's headers, and `raw` means exactly what it says. */
function isFromElsewhere(bad: BadReply): boolean {
  return bad.kind === 'raw' || (bad.kind === 'error' && bad.form === 'html');
}

function badReply(bad: BadReply, asked: Asked): Reply {
  switch (bad.kind) {
    case 'error':
      return errorReply(bad, asked);
    case 'tooManyRequests':
      return errorReply({ status: 429, retryAfter: bad.retryAfter }, asked);
    case 'redirect':
      return { status: 302, headers: { location: bad.location }, body: '' };
    case 'brokenJson':
      return { status: 200, headers: JSON_TYPE, body: cutOff(asked) };
    case 'wrongShape':
      return json(200, { outcome: { state: 'Succeeded' } });
    case 'raw':
      return raw(bad.status, bad.headers ?? {}, bad.body ?? '');
  }
}

function raw(status: number, headers: Reply['headers'], body: unknown): Reply {
  return typeof body === 'string' ? { status, headers, body } : json(status, body, headers);
}

function cutOff({ wrapper = 'status' }: Asked): string {
  return `{"${wrapper}":{"state":"Succee`;
}

function* bodyOf(bytes: number, { wrapper = 'status' }: Asked): Generator<string> {
  yield `{"${wrapper}":{"state":"Running","containsIssues":false,"reason":"`;
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    yield 'x'.repeat(Math.min(left, CHUNK_BYTES));
  }
  yield '"}}';
}

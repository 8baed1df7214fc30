import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Asked, errorReply } from './errors.ts';
import { after, JSON_TYPE, json, type Reply, send } from './replies.ts';
import type { Misbehaviour } from './script.ts';

const CHUNK_BYTES = 65_536;
const CUT_OFF_JSON = '{"status":{"state":"Succee';

type BadReply = Exclude<Misbehaviour, { kind: 'hang' | 'stall' | 'reset' | 'hugeBody' }>;

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
    case 'stall':
      response.writeHead(200, { ...JSON_TYPE, 'content-length': 2 * CUT_OFF_JSON.length });
      response.write(CUT_OFF_JSON);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'hugeBody':
      response.writeHead(200, JSON_TYPE);
      Readable.from(statusWithReasonOf(misbehaviour.bytes)).pipe(response);
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
      return { status: 200, headers: JSON_TYPE, body: CUT_OFF_JSON };
    case 'wrongShape':
      return json(200, { extraction: { state: 'Succeeded' } });
    case 'raw':
      return raw(bad.status, bad.headers ?? {}, bad.body ?? '');
  }
}

function raw(status: number, headers: Reply['headers'], body: unknown): Reply {
  return typeof body === 'string' ? { status, headers, body } : json(status, body, headers);
}

function* statusWithReasonOf(bytes: number): Generator<string> {
  yield '{"status":{"state":"Running","containsIssues":false,"reason":"';
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    yield 'x'.repeat(Math.min(left, CHUNK_BYTES));
  }
  yield '"}}';
}

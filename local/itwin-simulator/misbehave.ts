import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  after,
  errorReply,
  JSON_TYPE,
  json,
  type Reply,
  send,
  tooManyRequests,
} from './replies.ts';
import type { Misbehaviour } from './script.ts';

const CHUNK_BYTES = 65_536;
const CUT_OFF_JSON = '{"status":{"state":"Succee';

type BadReply = Exclude<Misbehaviour, { kind: 'hang' | 'stall' | 'reset' | 'hugeBody' }>;

/** Answers a request as badly as it was told to. */
export function misbehave(response: ServerResponse, misbehaviour: Misbehaviour): void {
  after(response, misbehaviour.delayMs, () => perform(response, misbehaviour));
}

function perform(response: ServerResponse, misbehaviour: Misbehaviour): void {
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
      send(response, badReply(misbehaviour));
  }
}

function badReply(bad: BadReply): Reply {
  switch (bad.kind) {
    case 'error':
      return errorReply(bad.status);
    case 'tooManyRequests':
      return tooManyRequests(bad.retryAfter);
    case 'redirect':
      return { status: 302, headers: { location: bad.location }, body: '' };
    case 'brokenJson':
      return { status: 200, headers: JSON_TYPE, body: CUT_OFF_JSON };
    case 'wrongShape':
      return json(200, { extraction: { state: 'Succeeded' } });
    case 'raw':
      return { status: bad.status, headers: bad.headers ?? {}, body: bad.body ?? '' };
  }
}

function* statusWithReasonOf(bytes: number): Generator<string> {
  yield '{"status":{"state":"Running","containsIssues":false,"reason":"';
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    yield 'x'.repeat(Math.min(left, CHUNK_BYTES));
  }
  yield '"}}';
}

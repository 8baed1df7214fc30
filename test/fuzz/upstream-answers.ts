import fc from 'fast-check';
import { anyText, anyValue, deepJson, halfValid } from './rare.ts';

/** Where the API of the fuzzed endpoints is. */
export const API_URL = 'https://api.bentley.com';

/** What the token endpoint is sent as the client secret, and may send back as one thing or another. */
export const ECHOED = 'secret-of-the-client';

/** What upstream may do with a request. */
export type UpstreamAct =
  | {
      readonly kind: 'Answers';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: readonly Uint8Array[];
      /** What breaks the body off after that; undefined when it comes to its end. */
      readonly breaksOff: string | undefined;
    }
  | { readonly kind: 'Fails'; readonly code: string | undefined };

const link = fc.oneof(
  fc.constantFrom(
    `${API_URL}/logs?$continuationToken=1`,
    '?$continuationToken=1',
    '//evil.example/logs',
    'https://api.bentley.com@evil.example/',
    'javascript:alert(1)',
    'http://[',
  ),
  fc.webUrl(),
  anyText,
);

const state = fc.oneof(
  fc.constantFrom('Queued', 'Running', 'Succeeded', 'PartiallySucceeded', 'Failed', 'Archiving'),
  fc.constantFrom('Cancelled', 'NotFound', 'Upstream:Failed', 'In progress', 'x'.repeat(65)),
  anyText,
);

const status = fc.record(
  {
    state,
    reason: fc.oneof(anyText, fc.constant('é'.repeat(2_000))),
    containsIssues: fc.boolean(),
    _links: fc.record({ logs: fc.record({ href: link }) }),
  },
  { requiredKeys: ['state'] },
);

const entry = fc.record(
  {
    level: fc.constantFrom('Error', 'Warning', 'Information'),
    category: anyText,
    message: anyText,
  },
  { requiredKeys: [] },
);

const logs = fc.record(
  {
    logs: fc.array(fc.oneof(entry, anyValue)),
    _links: fc.record({ next: fc.record({ href: link }) }),
  },
  { requiredKeys: ['logs'] },
);

const token = fc.record(
  {
    access_token: fc.oneof(fc.constant(ECHOED), anyText),
    token_type: fc.constantFrom('Bearer', 'bearer', 'DPoP'),
    expires_in: fc.oneof(fc.constantFrom(3_600, 0, '3600'), fc.double()),
    error: fc.oneof(fc.constantFrom('invalid_client', 'server_error'), anyText),
    error_description: fc.constant(ECHOED),
  },
  { requiredKeys: ['access_token', 'token_type'] },
);

const documents = fc.oneof(
  token,
  halfValid(token),
  status.map((fields) => ({ status: fields })),
  halfValid(status).map((fields) => ({ status: fields })),
  logs,
  halfValid(logs),
  anyValue,
);

const KIB = 1_024;
const tooLong = fc
  .constantFrom(64 * KIB, 64 * KIB + 1, 2 * KIB * KIB + 1)
  .map((length) => Buffer.alloc(length, ' '));

const body = fc.oneof(
  { weight: 8, arbitrary: documents.map((document) => bytesOf(JSON.stringify(document))) },
  { weight: 2, arbitrary: fc.oneof(fc.json(), anyText).map(bytesOf) },
  { weight: 2, arbitrary: fc.uint8Array() },
  { weight: 1, arbitrary: documents.map((all) => bytesOf(`\ufeff${JSON.stringify(all)}`)) },
  { weight: 1, arbitrary: documents.map((all) => bytesOf(JSON.stringify(all)).subarray(1)) },
  { weight: 1, arbitrary: fc.oneof(deepJson.map(bytesOf), tooLong) },
);

const retryAfter = fc.oneof(
  fc.constantFrom(
    '0',
    '60',
    '-1',
    '1e9',
    '9'.repeat(400),
    '',
    'soon',
    'Mon, 01 Jan 2035 00:00:00 GMT',
  ),
  fc.integer().map(String),
  fc.date().map(String),
);

/** A header of HTTP holds no more than these characters. */
const headerText = fc.stringMatching(/^[!-~]{0,50}$/);

const headers = fc.record(
  { 'retry-after': retryAfter, 'content-type': headerText, 'content-length': headerText },
  { requiredKeys: [] },
);

const codes = fc.constantFrom(
  undefined,
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_OVERFLOW',
  'CERT_HAS_EXPIRED',
  'Z_DATA_ERROR',
  'ERR__ERROR_FORMAT_PADDING_1',
);

/** Whatever upstream, or the line to it, may do with one request. */
export const anyAct: fc.Arbitrary<UpstreamAct> = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.record({
      kind: fc.constant('Answers' as const),
      status: fc.oneof(
        { weight: 3, arbitrary: fc.constant(200) },
        { weight: 1, arbitrary: fc.constantFrom(202, 400, 401, 403, 404, 429, 500, 503) },
        { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
      ),
      headers,
      body: fc
        .tuple(body, fc.nat(100))
        .map(([bytes, at]) => [bytes.subarray(0, at), bytes.subarray(at)]),
      breaksOff: fc.oneof(
        { weight: 9, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: codes.map((code) => code ?? 'UND_ERR_SOCKET') },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Fails' as const), code: codes }) },
);

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

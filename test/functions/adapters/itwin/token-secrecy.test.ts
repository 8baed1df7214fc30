import { type AddressInfo, createServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClientCredentialsTokens } from '../../../../functions/adapters/itwin/access-tokens.ts';
import { isTokenFault } from '../../../../functions/core/errors.ts';

const SECRET = 'pA55-of-the-client';
const TOKEN = 'eyJ-the-token';

/** What a token endpoint sends, byte for byte, after which it hangs up. */
let answer: Buffer;
let server: Server;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const secretive = fc
  .tuple(
    fc.constantFrom('', 'invalid_client ', '\n', '"', '\u0000'),
    fc.constantFrom(
      SECRET,
      TOKEN,
      encodeURIComponent(SECRET),
      `client_secret=${SECRET}`,
      `${TOKEN}\n`,
    ),
    fc.constantFrom('', ' echoed back', '\r\n', '"'),
  )
  .map((parts) => parts.join(''));

const value = fc.oneof(
  secretive,
  secretive.map((text) => [text]),
  secretive.map((text) => ({ [text]: text })),
  fc.constantFrom(null, 0, -1, 'Bearer', 'bearer', 'invalid_client', 'server_error', 3_600),
);

const fields = fc.dictionary(
  fc.oneof(
    fc.constantFrom('error', 'error_description', 'error_uri', 'access_token', 'token_type'),
    fc.constantFrom('expires_in', 'id_token', 'scope', '__proto__', 'message', 'code', 'toString'),
    secretive,
  ),
  value,
);

/** JSON, JSON that breaks off or goes on, and what is none. */
const body = fc.oneof(
  { weight: 4, arbitrary: fields.map((all) => JSON.stringify(all)) },
  { weight: 1, arbitrary: fields.map((all) => JSON.stringify(all).slice(0, -2)) },
  { weight: 1, arbitrary: fields.map((all) => `${JSON.stringify(all)}${SECRET}`) },
  { weight: 1, arbitrary: fc.oneof(secretive, value.map(String)) },
  { weight: 1, arbitrary: secretive.map((text) => `<html>${text}</html>`) },
);

const header = fc.oneof(
  fc.constantFrom('content-type: application/json', 'content-type: text/html', 'x-none: 0'),
  fc.constantFrom('content-encoding: gzip', 'content-encoding: br', 'content-length: 7'),
  fc.constantFrom(`content-encoding: ${SECRET}`, `content-length: ${TOKEN}`, `${SECRET}`),
  fc.constantFrom(`transfer-encoding: ${SECRET}`, `location: https://${SECRET}.example/${TOKEN}`),
  fc.constantFrom(`www-authenticate: Bearer error="${SECRET}"`, `${SECRET} x: ${TOKEN}`),
  secretive.map((text) => `x-echo: ${text}`),
);

const statusLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('200 OK', '400 Bad Request', '401 Unauthorized') },
  { weight: 2, arbitrary: fc.constantFrom(`401 ${SECRET}`, `503 ${TOKEN}`, '204 x', '302 x') },
  { weight: 1, arbitrary: fc.constantFrom(SECRET, `999 ${TOKEN}`, '101 x', '000 x', '-1 x') },
);

const wholeAnswer = fc.tuple(statusLine, fc.array(header, { maxLength: 3 }), body);

it('never tells the secret or a token in an error, its cause or anything on it', async () => {
  const { port } = server.address() as AddressInfo;
  await fc.assert(
    fc.asyncProperty(wholeAnswer, async ([status, headers, text]) => {
      answer = Buffer.from(`HTTP/1.1 ${[status, ...headers].join('\r\n')}\r\n\r\n${text}`);
      const tokens = createClientCredentialsTokens({
        tokenUrl: `http://127.0.0.1:${port}/connect/token`,
        credentials: {
          read: async () => ({ clientId: 'service', clientSecret: SECRET, version: 'v1' }),
          version: async () => 'v1',
        },
        now: Date.now,
      });
      const [outcome] = await Promise.allSettled([tokens.current(new AbortController().signal)]);
      if (outcome.status === 'fulfilled') return;
      const { reason } = outcome;
      expect(isTokenFault(reason)).toBe(true);
      const told = [
        inspect(reason, { depth: null, showHidden: true, maxStringLength: null }),
        reason.message,
        reason.stack,
        JSON.stringify(reason),
        JSON.stringify(reason, Object.getOwnPropertyNames(reason)),
      ];
      for (const one of told) {
        expect(one).not.toContain(SECRET);
        expect(one).not.toContain(TOKEN);
      }
    }),
    { numRuns: 400 },
  );
});

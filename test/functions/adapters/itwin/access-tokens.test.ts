import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClientCredentialsTokens } from '../../../../functions/adapters/itwin/access-tokens.ts';
import { InsecureTokenUrl } from '../../../../functions/adapters/itwin/token-grant.ts';
import type { Credentials } from '../../../../functions/adapters/secrets/credentials.ts';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

const SECRET = 'pA$$ %:+é';
const NEVER = new AbortController().signal;

let server: TestServer;
let forms: URLSearchParams[];
let now: number;
let credentials: Credentials[];
let reads: number;
beforeEach(async () => {
  server = await startServer();
  forms = [];
  now = Date.UTC(2026, 0, 1);
  credentials = [{ clientId: 'service-abc', clientSecret: SECRET, version: 'v1' }];
  reads = 0;
  answerWith(() => ({ expires_in: 3_600 }));
});
afterEach(() => server.stop());

/** Grants every request a token of its own (`token-1`, …), with these fields beside it. */
function answerWith(fields: () => object): void {
  respond((response) => {
    const token = { access_token: `token-${forms.length}`, token_type: 'Bearer' };
    sendJson(response, 200, { ...token, ...fields() });
  });
}

function respond(answer: (response: ServerResponse, request: IncomingMessage) => void): void {
  server.answer(async (request, response) => {
    forms.push(new URLSearchParams(await text(request)));
    answer(response, request);
  });
}

function sendJson(response: ServerResponse, status: number, body: object, headers = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body));
}

/** Reads the first credentials, then the second, and so on; the last ones ever after. */
function createTokens(options = {}) {
  return createClientCredentialsTokens({
    tokenUrl: `${server.url}/connect/token`,
    credentials: {
      read: async () => {
        reads += 1;
        return credentials[Math.min(reads, credentials.length) - 1] as Credentials;
      },
      version: async () => 'as told by the source',
    },
    now: () => now,
    ...options,
  });
}

describe('the token request', () => {
  it('is a client credentials grant with id and secret in the form', async () => {
    expect(await createTokens().current(NEVER)).toBe('token-1');
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/connect/token' });
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(forms[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'itwin-platform',
      client_id: 'service-abc',
      client_secret: SECRET,
    });
  });

  it('carries id and secret in the Authorization header where that is asked for', async () => {
    const clientAuthentication = 'client_secret_basic';
    await createTokens({ clientAuthentication, scope: 'other' }).current(NEVER);
    const [scheme, encoded = ''] = server.requests[0]?.headers.authorization?.split(' ') ?? [];
    const [id, secret] = Buffer.from(encoded, 'base64').toString().split(':');
    expect(scheme).toBe('Basic');
    expect(new URLSearchParams(`id=${id}&secret=${secret}`).get('id')).toBe('service-abc');
    expect(new URLSearchParams(`id=${id}&secret=${secret}`).get('secret')).toBe(SECRET);
    expect(Object.fromEntries(forms[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'other',
    });
  });

  it.each(['http://ims.bentley.com/connect/token', 'http://127.0.0.1.evil.example/'])(
    'never takes the secret to another machine in the clear: %s',
    (tokenUrl) => {
      expect(() => createTokens({ tokenUrl })).toThrow(InsecureTokenUrl);
    },
  );
});

describe('a token', () => {
  it('is used until a minute before it expires', async () => {
    const tokens = createTokens();
    await tokens.current(NEVER);
    now += HOUR - MINUTE - 1;
    expect(await tokens.current(NEVER)).toBe('token-1');
    now += 1;
    expect(await tokens.current(NEVER)).toBe('token-2');
  });

  it('of half a minute is used for half its life, not fetched anew for every job', async () => {
    answerWith(() => ({ expires_in: 30 }));
    const tokens = createTokens();
    await tokens.current(NEVER);
    now += 15 * SECOND - 1;
    expect(await tokens.current(NEVER)).toBe('token-1');
    now += 1;
    expect(await tokens.current(NEVER)).toBe('token-2');
  });

  it('that does not tell its life is taken to be good for an hour', async () => {
    answerWith(() => ({}));
    const tokens = createTokens();
    await tokens.current(NEVER);
    now += HOUR - MINUTE - 1;
    expect(await tokens.current(NEVER)).toBe('token-1');
  });

  it('is fetched once, however many ask for the first at the same time', async () => {
    const tokens = createTokens();
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.current(NEVER)));
    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(forms).toHaveLength(1);
  });

  it('is replaced once, however many were refused with it at the same time', async () => {
    const tokens = createTokens();
    await tokens.current(NEVER);
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.renew(NEVER)));
    expect(new Set(all)).toEqual(new Set(['token-2']));
    expect(await tokens.current(NEVER)).toBe('token-2');
    expect(forms).toHaveLength(2);
  });

  it('is no longer used once it was to be renewed, even if that failed', async () => {
    const tokens = createTokens();
    await tokens.current(NEVER);
    respond((response) => response.writeHead(503).end());
    await expect(tokens.renew(NEVER)).rejects.toThrow(TokenEndpointDown);
    await expect(tokens.current(NEVER)).rejects.toThrow(TokenEndpointDown);
  });
});

describe('credentials that are refused', () => {
  const refuse = (status: number, error: string, headers = {}) =>
    respond((response) => sendJson(response, status, { error }, headers));

  it.each([
    [401, 'invalid_client', { 'www-authenticate': 'Basic realm="x"' }],
    [401, 'invalid_client', {}],
    [400, 'invalid_client', {}],
    [400, 'unauthorized_client', {}],
    [400, 'invalid_scope', {}],
  ])('are told apart from an outage: %i %s %j', async (status, error, headers) => {
    refuse(status, error, headers);
    await expect(createTokens().current(NEVER)).rejects.toThrow(CredentialsRefused);
    expect(forms).toHaveLength(1);
  });

  it('are so by a bare 401, too', async () => {
    respond((response) => response.writeHead(401).end('<html>'));
    await expect(createTokens().current(NEVER)).rejects.toThrow(CredentialsRefused);
  });

  it('are named by the code that came, and what to look at', async () => {
    refuse(400, 'invalid_scope');
    await expect(createTokens().current(NEVER)).rejects.toThrow(
      'The token endpoint refuses (400 invalid_scope): check the client id, the client secret and the scope.',
    );
  });

  it('are read once more, and tried once more if they have changed', async () => {
    credentials.push({ clientId: 'service-abc', clientSecret: 'new', version: 'v2' });
    respond((response) => {
      if (forms.at(-1)?.get('client_secret') === 'new') {
        sendJson(response, 200, { access_token: 'token', token_type: 'Bearer' });
      } else sendJson(response, 401, { error: 'invalid_client' });
    });
    expect(await createTokens().current(NEVER)).toBe('token');
    expect(reads).toBe(2);
  });

  it('are tried twice at most', async () => {
    credentials.push({ clientId: 'a', clientSecret: 'b', version: 'v2' });
    credentials.push({ clientId: 'a', clientSecret: 'c', version: 'v3' });
    refuse(401, 'invalid_client');
    await expect(createTokens().current(NEVER)).rejects.toThrow(CredentialsRefused);
    expect(forms).toHaveLength(2);
  });

  it('have the version that their source tells', async () => {
    expect(await createTokens().credentialsVersion(NEVER)).toBe('as told by the source');
  });
});

describe('a token endpoint that is down', () => {
  it.each([
    ['500', 500, '', {}],
    ['a polite 503', 503, '{"error":"invalid_client"}', { 'content-type': 'application/json' }],
    ['429', 429, '{"error":"slow_down"}', { 'content-type': 'application/json' }],
    ['403', 403, '{"error":"access_denied"}', { 'content-type': 'application/json' }],
    ['400 without a reason', 400, '<html>', { 'content-type': 'text/html' }],
    ['a redirect', 302, '', { location: '/elsewhere' }],
    ['no content', 204, '', {}],
    ['no JSON', 200, '<html>', { 'content-type': 'text/html' }],
    ['no token', 200, '{"token_type":"Bearer"}', {}],
    ['a token of no type', 200, '{"access_token":"secret"}', {}],
    ['a token that is no text', 200, '{"access_token":1,"token_type":"Bearer"}', {}],
    ['a token of two lines', 200, '{"access_token":"a\\nb","token_type":"Bearer"}', {}],
    [
      'nonsense for a life',
      200,
      '{"access_token":"secret","token_type":"Bearer","expires_in":"x"}',
      {},
    ],
    ['far too much', 200, JSON.stringify({ x: 'x'.repeat(65 * 1024) }), {}],
  ])('may come back: %s', async (_, status, body, headers) => {
    respond((response) => response.writeHead(status, headers).end(body));
    const failed = createTokens().current(NEVER);
    await expect(failed).rejects.toThrow(TokenEndpointDown);
    expect(forms).toHaveLength(1);
  });

  it('is told by the error of the connection', async () => {
    server.stop();
    await expect(createTokens().current(NEVER)).rejects.toThrow(
      new TokenEndpointDown('The token endpoint gave no answer: ECONNREFUSED.'),
    );
  });

  it('is not waited for longer than it may take', async () => {
    respond((response) => response.writeHead(200).write('{'));
    await expect(createTokens({ timeoutMs: 50 }).current(NEVER)).rejects.toThrow(
      new TokenEndpointDown('The token endpoint gave no answer: took longer than 50 ms.'),
    );
  });

  it('is asked again the next time', async () => {
    const tokens = createTokens();
    respond((response) => response.writeHead(500).end());
    await expect(tokens.current(NEVER)).rejects.toThrow(TokenEndpointDown);
    answerWith(() => ({}));
    expect(await tokens.current(NEVER)).toBe('token-2');
  });
});

it('leaves with its reason whoever is told to, and lets the others have the token', async () => {
  const why = new Error('10 s are over');
  const caller = new AbortController();
  const tokens = createTokens();
  respond((response) => {
    caller.abort(why);
    setImmediate(() => sendJson(response, 200, { access_token: 't', token_type: 'Bearer' }));
  });
  const [left, stayed] = await Promise.allSettled([
    tokens.current(caller.signal),
    tokens.current(NEVER),
  ]);
  expect(left).toEqual({ status: 'rejected', reason: why });
  expect(stayed).toEqual({ status: 'fulfilled', value: 't' });
});

it('hangs up when nobody waits for the token any more', async () => {
  const why = new Error('the sweep is over');
  const caller = new AbortController();
  const hungUp = Promise.withResolvers();
  respond((response) => {
    response.once('close', hungUp.resolve);
    caller.abort(why);
  });
  const tokens = createTokens({ timeoutMs: 60_000 });
  await expect(tokens.current(caller.signal)).rejects.toBe(why);
  await hungUp.promise;
});

it('never tells the secret or a token in an error, its cause or anything on it', async () => {
  const statuses = fc.constantFrom(200, 400, 401, 403, 500);
  const bodies = fc.constantFrom(
    { error: 'invalid_client', error_description: SECRET, access_token: 'tok-123' },
    { access_token: 'tok-123', token_type: 3 },
    { access_token: 'tok-123', token_type: 'mac' },
    { access_token: 'tok-123', token_type: 'Bearer', expires_in: 'x' },
    { access_token: 'tok-123', token_type: 'Bearer', id_token: 'tok-123' },
    `{"access_token":"tok-123",`,
  );
  await fc.assert(
    fc.asyncProperty(statuses, bodies, async (status, body) => {
      respond((response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
      const error = await createTokens()
        .current(NEVER)
        .catch((error: Error) => error);
      expect(error).toBeInstanceOf(Error);
      const told = inspect(error, { depth: null, showHidden: true });
      expect(told).not.toContain('tok-123');
      expect(told).not.toContain(SECRET);
    }),
  );
});

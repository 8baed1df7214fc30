import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClientCredentialsTokens } from '../../../../functions/adapters/itwin/access-tokens.ts';
import type { Credentials } from '../../../../functions/adapters/secrets/credentials.ts';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

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
  credentials = [{ clientId: 'service-abc', clientSecret: 'pA$$', version: 'v1' }];
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

function respond(answer: (response: ServerResponse) => void): void {
  server.answer(async (request, response) => {
    forms.push(new URLSearchParams(await text(request)));
    answer(response);
  });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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

  it('that lives for nothing is a fault of the endpoint for all who wait, by one request', async () => {
    answerWith(() => ({ expires_in: 0 }));
    const tokens = createTokens();
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => tokens.current(NEVER)));
    for (const outcome of all) {
      expect(outcome).toMatchObject({ reason: expect.any(TokenEndpointDown) });
    }
    expect(forms).toHaveLength(1);
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
    respond((response) => sendJson(response, 401, { error: 'invalid_client' }));
    await expect(createTokens().current(NEVER)).rejects.toThrow(CredentialsRefused);
    expect(forms).toHaveLength(2);
  });

  it('have the version that their source tells', async () => {
    expect(await createTokens().credentialsVersion(NEVER)).toBe('as told by the source');
  });
});

describe('a token endpoint that is down', () => {
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

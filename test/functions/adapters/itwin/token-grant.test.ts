import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createTokenGrant,
  InsecureTokenUrl,
} from '../../../../functions/adapters/itwin/token-grant.ts';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';
import { HOUR, SECOND } from '../../../../functions/core/time.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

const SECRET = 'pA$$ %:+é';
const CREDENTIALS = { clientId: 'service-abc', clientSecret: SECRET, version: 'v1' };
const TOKEN = { access_token: 'token', token_type: 'Bearer', expires_in: 3_600 };
const JSON_TYPE = { 'content-type': 'application/json' };

let server: TestServer;
let forms: URLSearchParams[];
beforeEach(async () => {
  server = await startServer();
  forms = [];
  answerWith(200, TOKEN);
});
afterEach(() => server.stop());

function respond(answer: (response: ServerResponse) => void): void {
  server.answer(async (request, response) => {
    forms.push(new URLSearchParams(await text(request)));
    answer(response);
  });
}

function answerWith(status: number, body: object, headers = {}): void {
  respond((response) => {
    response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body));
  });
}

/** Under a signal of its own: requests under one signal share their timer, be it a fake one or not. */
function grant(options = {}, { signal } = new AbortController()) {
  const tokenUrl = `${server.url}/connect/token`;
  return createTokenGrant({ tokenUrl, ...options })(CREDENTIALS, signal);
}

describe('the token request', () => {
  it('is a client credentials grant with id and secret in the form', async () => {
    expect(await grant()).toEqual({ accessToken: 'token', lifetime: HOUR });
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
    await grant({ clientAuthentication: 'client_secret_basic', scope: 'other' });
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
      expect(() => createTokenGrant({ tokenUrl })).toThrow(InsecureTokenUrl);
    },
  );
});

describe('a connection that is closed before the answer', () => {
  it('costs nothing but a second request of the same form', async () => {
    respond((response) => {
      if (forms.length === 1) response.socket?.destroy();
      else response.writeHead(200, JSON_TYPE).end(JSON.stringify(TOKEN));
    });
    expect(await grant()).toMatchObject({ accessToken: 'token' });
    expect(forms).toHaveLength(2);
    expect(forms[1]?.toString()).toBe(forms[0]?.toString());
  });

  it('is told after the second time', async () => {
    respond((response) => response.socket?.destroy());
    await expect(grant()).rejects.toThrow(
      new TokenEndpointDown('The token endpoint gave no answer: UND_ERR_SOCKET.'),
    );
    expect(forms).toHaveLength(2);
  });

  it('is no reason to ask again for a caller who has given up', async () => {
    const why = new Error('the sweep is over');
    const caller = new AbortController();
    respond((response) => {
      caller.abort(why);
      response.socket?.destroy();
    });
    await expect(grant({}, caller)).rejects.toBe(why);
    expect(forms).toHaveLength(1);
  });

  it('is no reason to ask again once the answer has begun', async () => {
    respond((response) => {
      response.writeHead(200, JSON_TYPE).write('{', () => response.socket?.destroy());
    });
    await expect(grant()).rejects.toThrow(TokenEndpointDown);
    expect(forms).toHaveLength(1);
  });
});

describe('a slow token endpoint', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('is waited for during 8 s', async () => {
    respond((response) => {
      vi.advanceTimersByTime(8 * SECOND);
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(TOKEN));
    });
    expect(await grant()).toMatchObject({ accessToken: 'token' });
  });

  it('is not waited for after 10 s, not even when half an answer is there', async () => {
    respond((response) => {
      response.writeHead(200).write('{', () => vi.advanceTimersByTime(10 * SECOND));
    });
    await expect(grant()).rejects.toThrow(
      new TokenEndpointDown('The token endpoint gave no answer: took longer than 10000 ms.'),
    );
  });
});

describe('the lifetime of a token', () => {
  it.each([
    [1, SECOND],
    ['3599', 3_599 * SECOND],
    [undefined, HOUR],
  ])('%j is told in ms: %i', async (expires_in, lifetime) => {
    answerWith(200, { ...TOKEN, expires_in });
    expect(await grant()).toEqual({ accessToken: 'token', lifetime });
  });

  it.each([0, -1, 0.001, null, '', '0', 'x', '3600 s', true, [3_600], {}])(
    'is a fault of the endpoint when it is %j',
    async (expires_in) => {
      answerWith(200, { ...TOKEN, expires_in });
      await expect(grant()).rejects.toThrow(
        new TokenEndpointDown(
          'The token endpoint gave a token whose lifetime (expires_in) is not a number of 1 s or more.',
        ),
      );
    },
  );
});

describe('the type of a token', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('may be %s', async (token_type) => {
    answerWith(200, { ...TOKEN, token_type });
    expect(await grant()).toMatchObject({ accessToken: 'token' });
  });

  it.each([undefined, null, '', 3, 'mac', 'DPoP', ['Bearer']])(
    'is a fault of the endpoint when it is %j',
    async (token_type) => {
      answerWith(200, { ...TOKEN, token_type });
      await expect(grant()).rejects.toThrow(
        new TokenEndpointDown('The token endpoint gave a token whose token_type is not Bearer.'),
      );
    },
  );
});

describe('credentials that are refused', () => {
  it.each([
    [401, 'invalid_client', { 'www-authenticate': 'Basic realm="x"' }],
    [401, 'invalid_client', {}],
    [400, 'invalid_client', {}],
    [400, 'unauthorized_client', {}],
    [400, 'invalid_scope', {}],
  ])('are told by code and by what to look at: %i %s %j', async (status, error, headers) => {
    answerWith(status, { error }, headers);
    const failed = grant();
    await expect(failed).rejects.toThrow(
      new CredentialsRefused(
        `The token endpoint refuses (${status} ${error}): check the client id, the client secret and the scope.`,
      ),
    );
    await expect(failed).rejects.toMatchObject({ why: 'Refused' });
    expect(forms).toHaveLength(1);
  });

  it('are so by a bare 401, too', async () => {
    respond((response) => response.writeHead(401).end('<html>'));
    await expect(grant()).rejects.toThrow(CredentialsRefused);
  });

  it.each([`${SECRET} echoed back`, 'invalid_client ', 'Invalid_Client', '', 'x'.repeat(99)])(
    'are told by the status alone when the code is none of the standard: %j',
    async (error) => {
      answerWith(400, { error });
      await expect(grant()).rejects.toThrow(
        new CredentialsRefused(
          'The token endpoint refuses (400): check the client id, the client secret and the scope.',
        ),
      );
    },
  );
});

describe('a token endpoint that is down', () => {
  it.each<[string, number, string, string, object]>([
    ['500', 500, '500', '', {}],
    ['a polite 503', 503, '503 invalid_client', '{"error":"invalid_client"}', {}],
    ['a wordy 500', 500, '500', '{"error":"secret"}', {}],
    ['429', 429, '429', '{"error":"slow_down"}', {}],
    ['403', 403, '403 access_denied', '{"error":"access_denied"}', {}],
    ['400 of an error within', 400, '400 server_error', '{"error":"server_error"}', {}],
    [
      '400 for a while',
      400,
      '400 temporarily_unavailable',
      '{"error":"temporarily_unavailable"}',
      {},
    ],
    ['400 without a reason', 400, '400', '<html>', {}],
    ['400 with a reason that is no text', 400, '400', '{"error":1}', {}],
    ['a redirect', 302, '302', '', { location: '/elsewhere' }],
    ['no content', 204, '204', '', {}],
    ['a token that is only accepted', 202, '202', JSON.stringify(TOKEN), {}],
    ['no JSON', 200, '200', '<html>', {}],
    ['no object', 200, '200', 'null', {}],
    ['no token', 200, '200', '{"token_type":"Bearer"}', {}],
    ['a token that is no text', 200, '200', '{"access_token":1,"token_type":"Bearer"}', {}],
    ['a token of two lines', 200, '200', '{"access_token":"a\\nb","token_type":"Bearer"}', {}],
    ['far too much', 200, '200', JSON.stringify({ ...TOKEN, x: 'x'.repeat(65 * 1024) }), {}],
  ])('may come back: %s', async (_, status, told, body, headers) => {
    respond((response) => response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body));
    await expect(grant()).rejects.toThrow(
      new TokenEndpointDown(`The token endpoint answered ${told} without a usable token.`),
    );
    expect(forms).toHaveLength(1);
  });

  it('is told by the error of the connection', async () => {
    server.stop();
    await expect(grant()).rejects.toThrow(
      new TokenEndpointDown('The token endpoint gave no answer: ECONNREFUSED.'),
    );
  });
});

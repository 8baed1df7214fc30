import * as oauth from 'oauth4webapi';
import { describe, expect, test } from 'vitest';
import type { ItwinSimulator } from '../../../local/itwin-simulator/server.ts';
import { ACCESS_TOKEN, ask, JOB_ID, simulate, statusUrl } from './simulate.ts';

const GRANT = { grant_type: 'client_credentials', scope: 'itwin-platform' };
const CREDENTIALS = { client_id: 'simulator-client', client_secret: 'simulator-secret' };

const post = ({ tokenUrl }: ItwinSimulator, form: Record<string, string>, headers = {}) =>
  fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form), headers });

const basic = (text: string) => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

async function newToken(simulator: ItwinSimulator): Promise<string> {
  const response = await post(simulator, { ...GRANT, ...CREDENTIALS });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function statusWith(simulator: ItwinSimulator, token: string): Promise<number> {
  simulator.setRun(JOB_ID, { state: 'Running' });
  return (await ask(statusUrl(simulator), token)).status;
}

describe('a client that authenticates', () => {
  test.each([
    ['by form', oauth.ClientSecretPost],
    ['by HTTP Basic', oauth.ClientSecretBasic],
  ])('%s gets a token that is good for an hour', async (_, authentication) => {
    const clientSecret = 'p+ss: w%rd&ü';
    const simulator = await simulate({ clientId: 'service:a b', clientSecret });
    const server = { issuer: simulator.url, token_endpoint: simulator.tokenUrl };
    const client = { client_id: 'service:a b' };

    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication(clientSecret),
      { scope: 'itwin-platform' },
      { [oauth.allowInsecureRequests]: true },
    );
    const token = await oauth.processClientCredentialsResponse(server, client, response);

    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(token).toMatchObject({
      token_type: 'bearer',
      expires_in: 3600,
      scope: 'itwin-platform',
    });
    expect(await statusWith(simulator, token.access_token)).toBe(200);
  });

  test('by HTTP Basic may leave a colon in its secret as it is', async () => {
    const simulator = await simulate({ clientSecret: 'one:two' });

    const response = await post(simulator, GRANT, basic('simulator-client:one:two'));

    expect(response.status).toBe(200);
  });
});

describe('a token', () => {
  test('is refused with 401 once its lifetime is over', async () => {
    let time = 0;
    const simulator = await simulate({ now: () => time, tokenLifetimeSeconds: 60 });
    const token = await newToken(simulator);

    time = 59_999;
    expect(await statusWith(simulator, token)).toBe(200);
    time = 60_000;
    expect(await statusWith(simulator, token)).toBe(401);
    expect(await statusWith(simulator, await newToken(simulator))).toBe(200);
  });

  test('is refused with 401 once it is revoked, and a new one is good', async () => {
    const simulator = await simulate();
    const token = await newToken(simulator);

    simulator.revokeTokens();

    expect(await statusWith(simulator, token)).toBe(401);
    expect(await statusWith(simulator, ACCESS_TOKEN)).toBe(401);
    expect(await statusWith(simulator, await newToken(simulator))).toBe(200);
  });
});

describe('the token endpoint refuses', () => {
  test.each([
    ['a wrong secret', { ...GRANT, ...CREDENTIALS, client_secret: 'x' }, 401, 'invalid_client'],
    ['an unknown client', { ...GRANT, ...CREDENTIALS, client_id: 'x' }, 401, 'invalid_client'],
    ['no client at all', GRANT, 401, 'invalid_client'],
    [
      'another grant',
      { ...GRANT, ...CREDENTIALS, grant_type: 'password' },
      400,
      'unsupported_grant_type',
    ],
    ['no grant', { ...CREDENTIALS, scope: 'itwin-platform' }, 400, 'invalid_request'],
    ['another scope', { ...GRANT, ...CREDENTIALS, scope: 'openid' }, 400, 'invalid_scope'],
    ['no scope', { ...CREDENTIALS, grant_type: 'client_credentials' }, 400, 'invalid_scope'],
  ])('%s', async (_, form, status, error) => {
    const response = await post(await simulate(), form);

    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(await response.json()).toMatchObject({ error });
  });

  test('a wrong secret by HTTP Basic, with a challenge', async () => {
    const response = await post(await simulate(), GRANT, basic('simulator-client:x'));

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('another scheme than Basic', async () => {
    const response = await post(await simulate(), GRANT, { authorization: 'Bearer x' });

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('a client that authenticates in both ways at once', async () => {
    const form = { ...GRANT, ...CREDENTIALS };
    const header = basic('simulator-client:simulator-secret');
    const response = await post(await simulate(), form, header);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('what is no form and what is no POST', async () => {
    const simulator = await simulate();

    const json = await fetch(simulator.tokenUrl, {
      method: 'POST',
      body: JSON.stringify({ ...GRANT, ...CREDENTIALS }),
      headers: { 'content-type': 'application/json' },
    });
    const read = await fetch(simulator.tokenUrl);

    expect(json.status).toBe(400);
    expect(await json.json()).toMatchObject({ error: 'invalid_request' });
    expect(read.status).toBe(405);
    expect(read.headers.get('allow')).toBe('POST');
  });

  test('the old secret once it is rotated, while issued tokens stay good', async () => {
    const simulator = await simulate();
    const token = await newToken(simulator);

    simulator.rotateSecret('fresh');

    const old = await post(simulator, { ...GRANT, ...CREDENTIALS });
    const fresh = await post(simulator, { ...GRANT, ...CREDENTIALS, client_secret: 'fresh' });
    expect(old.status).toBe(401);
    expect(fresh.status).toBe(200);
    expect(await statusWith(simulator, token)).toBe(200);
  });
});

describe('the token endpoint can be told', () => {
  test('to fail, and to work again', async () => {
    const simulator = await simulate();

    simulator.overrideTokens({ kind: 'error', status: 503 });
    expect((await post(simulator, { ...GRANT, ...CREDENTIALS })).status).toBe(503);

    simulator.overrideTokens(undefined);
    expect((await post(simulator, { ...GRANT, ...CREDENTIALS })).status).toBe(200);
  });

  test('to grant a token slowly that works nevertheless', async () => {
    const simulator = await simulate();
    simulator.overrideTokens({ kind: 'token', delayMs: 20 });

    expect(await statusWith(simulator, await newToken(simulator))).toBe(200);
  });

  test.each([
    [{ put: { expires_in: 0 } }, { token_type: 'Bearer', expires_in: 0 }],
    [{ put: { token_type: 'mac', expires_in: -1 } }, { token_type: 'mac', expires_in: -1 }],
    [{ omit: ['expires_in'] }, { token_type: 'Bearer' }],
  ])('to grant a token with other fields: %o', async (changes, expected) => {
    const simulator = await simulate();
    simulator.overrideTokens({ kind: 'token', ...changes });

    const response = await post(simulator, { ...GRANT, ...CREDENTIALS });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      access_token: expect.any(String),
      scope: 'itwin-platform',
      ...expected,
    });
  });

  test.each([
    ['by form', CREDENTIALS, {}],
    ['by HTTP Basic', {}, basic('simulator-client:simulator-secret')],
  ])('to echo the secret that it was sent %s', async (_, credentials, headers) => {
    const simulator = await simulate();
    const description = 'wrong: {client_secret}';
    simulator.overrideTokens({ kind: 'oauthError', error: '{client_secret}?', description });

    const response = await post(simulator, { ...GRANT, ...credentials }, headers);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'simulator-secret?',
      error_description: 'wrong: simulator-secret',
    });
  });

  test('to answer in an error form of the platform, without its headers', async () => {
    const simulator = await simulate();
    const details = [{ code: 'UnknownClient', message: 'Client was not registered.' }];
    simulator.overrideTokens({ kind: 'error', status: 401, details });

    const response = await post(simulator, { ...GRANT, ...CREDENTIALS });

    expect(response.status).toBe(401);
    expect(response.headers.get('x-correlation-id')).toBeNull();
    expect(await response.json()).toMatchObject({ error: { details } });
  });

  test('to hang until the simulator closes', async () => {
    const simulator = await simulate();
    simulator.overrideTokens({ kind: 'hang' });

    const lost = expect(post(simulator, GRANT)).rejects.toThrow('fetch failed');
    await expect.poll(() => simulator.requests.list('token')).toHaveLength(1);
    await simulator.close();

    await lost;
  });
});

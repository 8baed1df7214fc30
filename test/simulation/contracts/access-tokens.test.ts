import type { ServerResponse } from 'node:http';
import { createClientCredentialsTokens } from '../../../functions/adapters/itwin/access-tokens.ts';
import { startServer } from '../../functions/adapters/support/http-server.ts';
import type { Caller } from '../caller.ts';
import { accessTokensOf, createTokenEndpoint } from '../stand-ins/tokens.ts';
import { describeAccessTokens, type TokensUnderTest } from './access-tokens-contract.ts';
import { callAtOnce } from './call-at-once.ts';

type Situation = Parameters<TokensUnderTest['set']>[0];

describeAccessTokens('the stand-in', async () => {
  let now = 0;
  let requests = 0;
  let situation: Situation = 'Well';
  const areCredentialsBad = () => situation.startsWith('Refusing');
  const endpoint = createTokenEndpoint({
    now: () => now,
    isDown: () => situation === 'Down',
    areCredentialsBad,
    expiresEarly: () => false,
  });
  const call: Caller = async (request) => {
    const isGrant = request.what === 'ask for a token';
    if (isGrant && !request.signal?.aborted) requests += 1;
    try {
      return await callAtOnce(request);
    } finally {
      if (isGrant && situation === 'RefusingOnce') situation = 'Well';
    }
  };
  return {
    tokens: accessTokensOf(endpoint, {}, call, () => now),
    requests: () => requests,
    advance(ms) {
      now += ms;
    },
    set(next) {
      situation = next;
      // The stand-in tells new credentials from old ones only if somebody looked in between.
      endpoint.credentialsVersion();
    },
    replaceCredentials() {
      situation = 'Well';
    },
    stop: () => undefined,
  };
});

describeAccessTokens('the adapter on HTTP', async () => {
  const server = await startServer();
  let now = 0;
  let version = 1;
  let situation: Situation = 'Well';

  function sendJson(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  server.answer((_request, response) => {
    if (situation === 'Down') {
      response.writeHead(503).end();
    } else if (situation.startsWith('Refusing')) {
      if (situation === 'RefusingOnce') replaceCredentials();
      sendJson(response, 401, { error: 'invalid_client' });
    } else {
      const token = `token-${server.requests.length}`;
      sendJson(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 20 * 60 });
    }
  });
  function replaceCredentials(): void {
    version += 1;
    situation = 'Well';
  }

  return {
    tokens: createClientCredentialsTokens({
      tokenUrl: `${server.url}/connect/token`,
      credentials: {
        read: async () => ({ clientId: 'service', clientSecret: 's', version: `v${version}` }),
        version: async () => `v${version}`,
      },
      now: () => now,
    }),
    requests: () => server.requests.length,
    advance(ms) {
      now += ms;
    },
    set(next) {
      situation = next;
    },
    replaceCredentials,
    stop: server.stop,
  };
});

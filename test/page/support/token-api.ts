import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import * as oauth from 'oauth4webapi';
import { createApi } from '../../../functions/api/create-api.ts';
import type { ApiEvent } from '../../../functions/api/http/route.ts';
import type { SignIn } from '../../../functions/api/routes/page.ts';
import type { Gateway } from '../../../local/gateway/server.ts';
import { startGateway } from '../../../local/gateway/server.ts';
import { buildPage } from '../../../page/build.ts';
import { ITWIN_API_URL, startTestApi } from '../../functions/api/support/test-api.ts';

/** The API as it is deployed for tokens: an authorizer before every route but those that let all in. */
export interface TokenApi extends Pick<Gateway, 'url'> {
  /** What it logged. */
  readonly logged: readonly unknown[];
  close(): Promise<void>;
}

/** What stands before the API. */
export interface Guard extends SignIn {
  readonly audience: string;
  /** Routes without an authorizer, as the template has them: `GET /page.js`. */
  readonly openRoutes: readonly string[];
  readonly organizations: readonly string[];
}

/** Starts it on a port; 0 takes any. */
export async function startTokenApi(port: number, guard: () => Guard): Promise<TokenApi> {
  const api = await startTestApi();
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  buildPage(folder);
  const gateway = await startGateway({
    port,
    invoke: async (event) => {
      const { issuer, clientId, scope, audience, openRoutes, organizations } = guard();
      const handler = createApi(api.ports, {
        admittedCallers: { clientIds: organizations, subjects: [], organizations: [] },
        remindAfterMinutes: 0,
        apiUrl: ITWIN_API_URL,
        page: { folder: pathToFileURL(`${folder}/`), signIn: { issuer, clientId, scope } },
      });
      const { method } = event.requestContext.http;
      if (openRoutes.includes(`${method} ${event.rawPath}`)) return handler(event, {} as Context);
      const authorized = await authorize(event, issuer, audience);
      return authorized ? handler(authorized, {} as Context) : UNAUTHORIZED;
    },
  });
  return {
    url: gateway.url,
    logged: api.logged,
    async close() {
      await gateway.close();
      await api.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What API Gateway itself answers. */
const UNAUTHORIZED = {
  statusCode: 401,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Unauthorized"}',
};

/** What API Gateway's JWT authorizer makes of a request: one with the claims of its token, or nothing. */
async function authorize(
  event: ApiEvent,
  issuer: string,
  audience: string,
): Promise<ApiEvent | undefined> {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const found = await oauth.discoveryRequest(new URL(issuer), insecure);
  const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
  const { authorization = '' } = event.headers;
  const request = new Request('http://api.example.com', { headers: { authorization } });
  try {
    const claims = await oauth.validateJwtAccessToken(server, request, audience, insecure);
    const jwt = { claims: { ...claims } as Record<string, string>, scopes: [] };
    return { ...event, requestContext: { ...event.requestContext, authorizer: { jwt } } };
  } catch {
    return undefined;
  }
}

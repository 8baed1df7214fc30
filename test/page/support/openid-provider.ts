import { createServer } from 'node:http';
import Provider, { type Configuration } from 'oidc-provider';
import { listenFor, stopServer } from '../../../local/listen.ts';

/** An OpenID provider on this machine, with sign-in and consent as pages. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** What the next tokens are like. */
  readonly next: { audience: string; seconds: number };
  close(): Promise<void>;
}

/**
 * Starts one with a public client.
 *
 * @param redirectUri where it sends people back to
 */
export async function startOpenIdProvider(
  clientId: string,
  redirectUri: string,
): Promise<OpenIdProvider> {
  const next = { audience: '', seconds: 3_600 };
  const server = createServer();
  const issuer = await listenFor(server);
  const provider = new Provider(issuer, configurationOf(clientId, redirectUri, next));
  server.on('request', provider.callback());
  return {
    issuer,
    next,
    close: () => stopServer(server),
  };
}

function configurationOf(
  clientId: string,
  redirectUri: string,
  next: OpenIdProvider['next'],
): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [redirectUri],
      },
    ],
    scopes: ['openid', 'jobs'],
    clientBasedCORS: () => true,
    pkce: { required: () => true },
    cookies: { keys: ['only for tests'] },
    features: {
      devInteractions: { enabled: true },
      // Tokens that say whom they are for, as an API Gateway authorizer wants them.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://monitor.example.com',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'jobs',
          audience: next.audience,
          accessTokenTTL: next.seconds,
          accessTokenFormat: 'jwt',
        }),
      },
    },
  };
}

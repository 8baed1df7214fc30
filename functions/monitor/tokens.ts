import { createClientCredentialsTokens } from '../adapters/access-token.ts';
import { createSecretsManagerClient } from '../adapters/clients.ts';
import { createEnvironmentCredentials } from '../adapters/environment-credentials.ts';
import { createSecretCredentials } from '../adapters/secret-credentials.ts';
import { createStaticToken } from '../adapters/static-token.ts';
import { systemTime } from '../adapters/system-time.ts';
import type { AccessTokens } from '../core/ports.ts';
import type { MonitorSettings } from './settings.ts';

/**
 * The access tokens for the credentials that the settings name.
 *
 * @param processId tells this process from others: what the environment holds can only have changed
 * when the process has
 */
export function createTokens(
  settings: Pick<MonitorSettings, 'credentials' | 'tokenUrl' | 'clientAuthentication'>,
  processId: string,
): AccessTokens {
  const { credentials, tokenUrl, clientAuthentication } = settings;
  if (credentials.kind === 'Token') return createStaticToken(credentials.accessToken, processId);
  return createClientCredentialsTokens({
    tokenUrl: tokenUrl.href,
    clientAuthentication,
    credentials:
      credentials.kind === 'Secret'
        ? createSecretCredentials(createSecretsManagerClient(), credentials.secretId)
        : createEnvironmentCredentials({ ...credentials, version: processId }),
    now: systemTime.now,
  });
}

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it, onTestFinished } from 'vitest';
import { createTokens, type MonitorSettings } from '../../../../functions/monitor/settings.ts';
import { startItwinSimulator } from '../../../../local/itwin-simulator/server.ts';

const { signal } = new AbortController();

/** The tokens for these credentials, at a token endpoint that knows `simulator-client`. */
async function tokensFor(
  credentials: MonitorSettings['credentials'],
  clientAuthentication: MonitorSettings['clientAuthentication'] = 'client_secret_post',
) {
  const simulator = await startItwinSimulator();
  onTestFinished(simulator.close);
  const tokenUrl = new URL(simulator.tokenUrl);
  const tokens = createTokens({ credentials, tokenUrl, clientAuthentication }, 'process-1');
  return { tokens, requests: () => simulator.requests.list('token') };
}

const CLIENT = { clientId: 'simulator-client', clientSecret: 'simulator-secret' };

it.each(['client_secret_post', 'client_secret_basic'] as const)(
  'a client id and its secret are turned into a token by %s',
  async (method) => {
    const { tokens, requests } = await tokensFor({ kind: 'Client', ...CLIENT }, method);
    await expect(tokens.current(signal)).resolves.toBe('simulated-token-1');
    await expect(tokens.credentialsVersion(signal)).resolves.toBe('process-1');
    const authorization = method === 'client_secret_basic' ? 'Basic' : undefined;
    expect(requests()).toMatchObject([{ headers: { authorization } }]);
  },
);

it('credentials in a secret are read when a token is needed, and told apart by its version', async () => {
  const secretsManager = mockClient(SecretsManagerClient);
  onTestFinished(() => secretsManager.restore());
  const secret = { SecretString: JSON.stringify(CLIENT), VersionId: 'version-7' };
  secretsManager.on(GetSecretValueCommand, { SecretId: 'itwin' }).resolves(secret);

  const { tokens } = await tokensFor({ kind: 'Secret', secretId: 'itwin' });
  await expect(tokens.current(signal)).resolves.toBe('simulated-token-1');
  await expect(tokens.credentialsVersion(signal)).resolves.toBe('version-7');
});

it('an access token is used as it is, and never renewed', async () => {
  const { tokens, requests } = await tokensFor({ kind: 'Token', accessToken: 'mine' });
  await expect(tokens.current(signal)).resolves.toBe('mine');
  await expect(tokens.renew(signal)).resolves.toBe('mine');
  expect(requests()).toEqual([]);
});

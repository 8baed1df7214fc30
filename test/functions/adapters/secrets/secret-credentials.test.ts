import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSecretCredentials } from '../../../../functions/adapters/secrets/credentials.ts';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';

const NEVER = new AbortController().signal;
const VALID = JSON.stringify({ clientId: 'service-abc', clientSecret: 'pa$$' });

const client = new SecretsManagerClient({ region: 'eu-central-1' });
const secretsManager = mockClient(client);
const source = createSecretCredentials(client, 'itwin-credentials');
beforeEach(() => secretsManager.reset());

function keep(SecretString: string | undefined, VersionId = 'v1'): void {
  secretsManager
    .on(GetSecretValueCommand, { SecretId: 'itwin-credentials' })
    .resolves({ ...(SecretString !== undefined && { SecretString }), VersionId });
}

function failWith(name: string): void {
  const fault = name.startsWith('Internal') ? 'server' : 'client';
  secretsManager.rejects(
    new SecretsManagerServiceException({ name, $fault: fault, $metadata: {}, message: 'no' }),
  );
}

describe('credentials in a secret', () => {
  it('are read with the version of the secret', async () => {
    keep(VALID);
    const credentials = { clientId: 'service-abc', clientSecret: 'pa$$', version: 'v1' };
    expect(await source.read(NEVER)).toEqual(credentials);
    expect(await source.version(NEVER)).toBe('v1');
  });

  it('are read anew every time, so a change is seen at once', async () => {
    keep(VALID);
    await source.read(NEVER);
    keep(JSON.stringify({ clientId: 'service-abc', clientSecret: 'new' }), 'v2');
    expect(await source.read(NEVER)).toMatchObject({ clientSecret: 'new', version: 'v2' });
  });

  it.each([
    undefined,
    '',
    'pa$$word',
    'null',
    '"pa$$word"',
    '[]',
    '{"clientId":"service-abc"}',
    '{"clientId":"service-abc","clientSecret":""}',
    '{"clientId":"","clientSecret":"pa$$word"}',
    '{"clientId":1,"clientSecret":"pa$$word"}',
    '{"clientSecret":"pa$$word"',
  ])('are missing from %j, and the message says what to put where', async (text) => {
    keep(text);
    await expect(source.read(NEVER)).rejects.toThrow(
      new CredentialsRefused(
        'Put the JSON {"clientId": "...", "clientSecret": "..."} into the secret itwin-credentials.',
      ),
    );
  });

  it('have a version while they are malformed, so whoever corrects them is noticed', async () => {
    keep('pa$$word', 'v0');
    expect(await source.version(NEVER)).toBe('v0');
  });
});

describe('a secret that cannot be read', () => {
  it.each([
    'ResourceNotFoundException',
    'AccessDeniedException',
    'DecryptionFailure',
    'InvalidRequestException',
  ])('for somebody to mend is refused credentials, with a version of its own: %s', async (name) => {
    failWith(name);
    await expect(source.read(NEVER)).rejects.toThrow(CredentialsRefused);
    await expect(source.read(NEVER)).rejects.toThrow(name);
    expect(await source.version(NEVER)).toBe('unreadable');
  });

  it.each(['InternalServiceError', 'ThrottlingException'])(
    'for a while is like a token endpoint that is down: %s',
    async (name) => {
      failWith(name);
      await expect(source.read(NEVER)).rejects.toThrow(TokenEndpointDown);
      await expect(source.version(NEVER)).rejects.toThrow(TokenEndpointDown);
    },
  );

  it("for the caller's signal aborts with its reason", async () => {
    const caller = new AbortController();
    const why = new Error('the sweep is over');
    secretsManager.callsFake(async () => {
      caller.abort(why);
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    });
    await expect(source.read(caller.signal)).rejects.toBe(why);
  });
});

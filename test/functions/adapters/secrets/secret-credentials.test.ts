import { inspect } from 'node:util';
import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSecretCredentials } from '../../../../functions/adapters/secrets/credentials.ts';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';
import { startServer } from '../support/http-server.ts';

const NEVER = new AbortController().signal;
const VALID = JSON.stringify({ clientId: 'service-abc', clientSecret: 'pa$$' });

const client = new SecretsManagerClient({ region: 'eu-central-1' });
const secretsManager = mockClient(client);
const source = createSecretCredentials(client, 'itwin-credentials');
beforeEach(() => secretsManager.reset());

/** Reads the secret with a client of its own from a Secrets Manager somewhere else. */
function readFrom(endpoint: string) {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const elsewhere = { endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 };
  return createSecretCredentials(new SecretsManagerClient(elsewhere), 'itwin-credentials').read(
    NEVER,
  );
}

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
    // As the stack creates it.
    '{"clientId":"","clientSecret":""}',
    '{"clientId":"...","clientSecret":"..."}',
    '{"clientId":"service-…","clientSecret":"…"}',
    undefined,
    '',
    'pa$$word',
    'null',
    '"pa$$word"',
    '[]',
    '{"clientId":"service-abc"}',
    '{"clientId":"service-abc","clientSecret":""}',
    '{"clientId":"service-abc","clientSecret":"\\n"}',
    '{"clientId":"","clientSecret":"pa$$word"}',
    '{"clientId":1,"clientSecret":"pa$$word"}',
    '{"clientSecret":"pa$$word"',
  ])('are missing from %j, and the message says what to put where', async (text) => {
    keep(text);
    await expect(source.read(NEVER)).rejects.toThrow(
      new CredentialsRefused(
        'Put the JSON {"clientId": "...", "clientSecret": "..."} into the secret itwin-credentials.',
        { why: 'NotFilledIn' },
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
    await expect(source.read(NEVER)).rejects.toMatchObject({ why: 'Unreadable' });
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

  it('because nobody listens is told by the code of the system', async () => {
    const server = await startServer();
    server.stop();
    await expect(readFrom(server.url)).rejects.toThrow(
      new TokenEndpointDown(
        'Secrets Manager gives no answer about the secret itwin-credentials (ECONNREFUSED).',
      ),
    );
  });

  it('because the answer breaks off does not tell what came of it', async () => {
    const server = await startServer();
    onTestFinished(server.stop);
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end('pa$$word":');
    });
    const error = await readFrom(server.url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TokenEndpointDown);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('pa$$');
  });

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

import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CredentialsRefused, TokenEndpointDown } from '../../core/errors.ts';
import { fieldsOf, parseJson } from '../../core/objects.ts';

/** What a service client proves itself with at the token endpoint. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Tells these credentials from others without telling them. */
  readonly version: string;
}

/** Where the credentials are kept. */
export interface CredentialSource {
  /**
   * The credentials as they are now.
   *
   * @throws CredentialsRefused when there are none, or none that can be read
   * @throws TokenEndpointDown when the place where they are kept does not answer
   */
  read(signal: AbortSignal): Promise<Credentials>;
  /**
   * The version of what is kept now, even if it cannot be read as credentials: so somebody who
   * corrects it is noticed.
   *
   * @throws TokenEndpointDown when the place where they are kept does not answer
   */
  version(signal: AbortSignal): Promise<string>;
}

/** Matches what stands for a value: nothing, or the dots of an example that was copied as it was. */
const PLACEHOLDER = /^\s*(\.{3})?\s*$|\u2026/;

function areFilledIn({ clientId, clientSecret }: Omit<Credentials, 'version'>): boolean {
  return !PLACEHOLDER.test(clientId) && !PLACEHOLDER.test(clientSecret);
}

/**
 * Credentials that were handed to the process when it started. They change with a restart only, so
 * their version is best a random id of the process.
 *
 * @throws CredentialsRefused when the client id or the secret is empty or a placeholder
 */
export function createEnvironmentCredentials(credentials: Credentials): CredentialSource {
  if (!areFilledIn(credentials)) {
    throw new CredentialsRefused('Set both ITWIN_CLIENT_ID and ITWIN_CLIENT_SECRET.', {
      why: 'NotFilledIn',
    });
  }
  return {
    read: async () => credentials,
    version: async () => credentials.version,
  };
}

/** Errors of GetSecretValue that stay until somebody does something [Secrets Manager API reference]. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'ResourceNotFoundException',
]);

/** The version of a secret that cannot be read; one that can be has another. */
const NO_VERSION = 'unreadable';

/**
 * Credentials in a secret of AWS Secrets Manager: JSON with `clientId` and `clientSecret`. Nothing
 * is kept in memory: a secret that was changed is used from the next token on.
 *
 * @param secretId name or ARN of the secret
 */
export function createSecretCredentials(
  client: SecretsManagerClient,
  secretId: string,
): CredentialSource {
  return {
    async read(signal) {
      const { SecretString, VersionId = NO_VERSION } = await getSecret(client, secretId, signal);
      const credentials = parseSecret(SecretString ?? '');
      if (credentials === undefined) {
        throw new CredentialsRefused(
          `Put the JSON {"clientId": "...", "clientSecret": "..."} into the secret ${secretId}.`,
          { why: 'NotFilledIn' },
        );
      }
      return { ...credentials, version: VersionId };
    },
    async version(signal) {
      try {
        const { VersionId = NO_VERSION } = await getSecret(client, secretId, signal);
        return VersionId;
      } catch (error) {
        if (error instanceof CredentialsRefused) return NO_VERSION;
        throw error;
      }
    },
  };
}

async function getSecret(
  client: SecretsManagerClient,
  secretId: string,
  signal: AbortSignal,
): Promise<GetSecretValueCommandOutput> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId });
    return await client.send(command, { abortSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    const name = nameOf(error);
    if (UNREADABLE.has(name)) {
      throw new CredentialsRefused(
        `The secret ${secretId} cannot be read (${name}): see that it exists, has a value, and that this function may read it.`,
        { cause: error, why: 'Unreadable' },
      );
    }
    // Without its cause: of an answer that cannot be read, the SDK's error quotes the secret.
    throw new TokenEndpointDown(
      `Secrets Manager gives no answer about the secret ${secretId} (${name}).`,
    );
  }
}

/** The code of the system (`ECONNREFUSED`), else the name that the SDK or the service gives it. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error ? String(error.code) : error.name;
}

/** Says nothing about what is wrong: a parser's message may quote the secret. */
function parseSecret(text: string): Omit<Credentials, 'version'> | undefined {
  const { clientId, clientSecret } = fieldsOf(parseJson(text));
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string') return undefined;
  const credentials = { clientId, clientSecret };
  return areFilledIn(credentials) ? credentials : undefined;
}

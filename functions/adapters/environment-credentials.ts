import { CredentialsRefused } from '../core/errors.ts';
import type { CredentialSource, Credentials } from './credentials.ts';

/**
 * Credentials that were handed to the process when it started. They change with a restart only, so
 * their version is best a random id of the process.
 *
 * @throws CredentialsRefused when the client id or the secret is empty
 */
export function createEnvironmentCredentials(credentials: Credentials): CredentialSource {
  if (credentials.clientId === '' || credentials.clientSecret === '') {
    throw new CredentialsRefused('Set both ITWIN_CLIENT_ID and ITWIN_CLIENT_SECRET.');
  }
  return {
    read: async () => credentials,
    version: async () => credentials.version,
  };
}

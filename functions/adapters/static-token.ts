import { CredentialsRefused } from '../core/errors.ts';
import type { AccessTokens } from '../core/ports.ts';
import { isBearerToken } from './bearer-token.ts';

/**
 * A token that somebody handed to the process. It cannot be renewed, so a refused one stays refused.
 *
 * @param version tells this token from another, so best a random id of the process
 * @throws CredentialsRefused when no header can carry the token
 */
export function createStaticToken(accessToken: string, version: string): AccessTokens {
  if (!isBearerToken(accessToken)) {
    throw new CredentialsRefused(
      'ITWIN_ACCESS_TOKEN is no access token: set it to the token alone, without "Bearer" or spaces.',
    );
  }
  const token = async () => accessToken;
  return { current: token, renew: token, credentialsVersion: async () => version };
}

import { MINUTE } from '../core/durations.ts';
import { CredentialsRefused } from '../core/errors.ts';
import type { AccessTokens } from '../core/ports.ts';
import type { CredentialSource } from './credentials.ts';
import { singleFlight } from './single-flight.ts';
import { createTokenGrant, type TokenGrantOptions } from './token-grant.ts';

/** Settings of access tokens by client credentials. */
interface ClientCredentialsOptions extends TokenGrantOptions {
  readonly credentials: CredentialSource;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** How long (ms) before it expires a token is no longer used; half its life if that is shorter. */
const MARGIN = MINUTE;

/**
 * Access tokens of a service client. One token is kept in memory until shortly before it expires;
 * however many ask at once, one request fetches the next.
 *
 * Refused credentials are read once more, and tried once more if they have changed meanwhile.
 *
 * @throws InsecureTokenUrl when the token URL is plain HTTP to another machine
 */
export function createClientCredentialsTokens(options: ClientCredentialsOptions): AccessTokens {
  const { credentials, now } = options;
  const grant = createTokenGrant(options);
  let kept: { readonly accessToken: string; readonly until: number } | undefined;

  const fetchToken = singleFlight(async (signal) => {
    const askedAt = now();
    const { accessToken, lifetime } = await grantOnceMoreIfChanged(signal);
    kept = { accessToken, until: askedAt + lifetime - Math.min(MARGIN, lifetime / 2) };
    return accessToken;
  });

  async function grantOnceMoreIfChanged(signal: AbortSignal) {
    const first = await credentials.read(signal);
    try {
      return await grant(first, signal);
    } catch (error) {
      if (!(error instanceof CredentialsRefused)) throw error;
      const second = await credentials.read(signal);
      if (second.version === first.version) throw error;
      return await grant(second, signal);
    }
  }

  return {
    current: async (signal) =>
      kept !== undefined && now() < kept.until ? kept.accessToken : fetchToken(signal),
    renew: async (signal) => {
      kept = undefined;
      return fetchToken(signal);
    },
    credentialsVersion: (signal) => credentials.version(signal),
  };
}

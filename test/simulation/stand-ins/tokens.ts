import { singleFlight } from '../../../functions/adapters/itwin/access-tokens.ts';
import { CredentialsRefused, TokenEndpointDown } from '../../../functions/core/errors.ts';
import type { AccessTokens } from '../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Caller } from '../caller.ts';

/** How long (ms) a token is good for. */
const LIFETIME = 20 * MINUTE;
/** How long (ms) before its end a token is no longer used. */
const MARGIN = MINUTE;
/** How long (ms) the real adapter waits for an answer. */
const ANSWER_TIME = 10 * SECOND;

/** The token endpoint, and the secret with the credentials. */
export interface TokenEndpoint {
  /** Which credentials are in the secret. */
  credentialsVersion(): string;
  /** @throws CredentialsRefused, TokenEndpointDown */
  grant(credentials: string): string;
  isValid(token: string): boolean;
  /** Whether nobody answers at this moment. */
  isSilent(): boolean;
}

/** How it stands with the token endpoint at the moment. */
export interface TokenConditions {
  /** ms since the epoch. */
  readonly now: () => number;
  readonly isDown: () => boolean;
  /** @default - never */
  readonly isSilent?: () => boolean;
  /** While this holds, the credentials in the secret are no good; afterwards there are new ones. */
  readonly areCredentialsBad: () => boolean;
  readonly expiresEarly: () => boolean;
}

/** A token endpoint that never gave a token. */
export function createTokenEndpoint(conditions: TokenConditions): TokenEndpoint {
  const { now, isDown, isSilent = () => false, areCredentialsBad, expiresEarly } = conditions;
  const validUntil = new Map<string, number>();
  let version = 1;
  let wereBad = false;

  function credentialsVersion(): string {
    if (wereBad && !areCredentialsBad()) version += 1;
    wereBad = areCredentialsBad();
    return `credentials ${version}`;
  }

  return {
    credentialsVersion,
    grant(credentials) {
      if (isDown()) throw new TokenEndpointDown('The token endpoint is down: wait.');
      if (credentials !== credentialsVersion() || areCredentialsBad()) {
        throw new CredentialsRefused('The credentials are refused: replace them.');
      }
      const token = `token ${validUntil.size + 1}`;
      validUntil.set(token, now() + (expiresEarly() ? MINUTE : LIFETIME));
      return token;
    },
    isValid: (token) => now() < (validUntil.get(token) ?? 0),
    isSilent,
  };
}

/** The token that a process keeps from one invocation to the next. */
export interface KeptToken {
  current?: { readonly token: string; readonly until: number };
}

/** The tokens as one invocation gets them. */
export function accessTokensOf(
  endpoint: TokenEndpoint,
  kept: KeptToken,
  call: Caller,
  now: () => number,
): AccessTokens {
  const credentialsVersion = (signal: AbortSignal) =>
    call({
      what: 'read the secret',
      to: 'tokens',
      signal,
      effect: () => endpoint.credentialsVersion(),
    });
  function grant(credentials: string, signal: AbortSignal): Promise<string> {
    const isSilent = endpoint.isSilent();
    return call({
      what: 'ask for a token',
      to: 'tokens',
      signal,
      effect() {
        if (isSilent) throw new TokenEndpointDown('The token endpoint gave no answer: wait.');
        return endpoint.grant(credentials);
      },
      ...(isSilent && { takes: ANSWER_TIME }),
    });
  }

  async function grantOnceMoreIfChanged(signal: AbortSignal): Promise<string> {
    const first = await credentialsVersion(signal);
    try {
      return await grant(first, signal);
    } catch (error) {
      if (!(error instanceof CredentialsRefused)) throw error;
      const second = await credentialsVersion(signal);
      if (second === first) throw error;
      return await grant(second, signal);
    }
  }

  const fetchToken = singleFlight(async (signal) => {
    const askedAt = now();
    const token = await grantOnceMoreIfChanged(signal);
    kept.current = { token, until: askedAt + LIFETIME - MARGIN };
    return token;
  });

  return {
    current: async (signal) =>
      kept.current && now() < kept.current.until ? kept.current.token : fetchToken(signal),
    renew: async (signal) => {
      delete kept.current;
      return fetchToken(signal);
    },
    credentialsVersion,
  };
}

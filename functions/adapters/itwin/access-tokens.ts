import { CredentialsRefused } from '../../core/errors.ts';
import type { AccessTokens } from '../../core/ports.ts';
import { MINUTE } from '../../core/time.ts';
import type { CredentialSource } from '../secrets/credentials.ts';
import { createTokenGrant, isBearerToken, type TokenGrantOptions } from './token-grant.ts';

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

/** A run under way and how many wait for its result. */
interface Flight<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiting: number;
}

/**
 * Lets everybody who asks for the same thing at once share one run of it. Whoever's signal aborts
 * leaves it to the others; when the last one has left, the run is aborted too.
 */
export function singleFlight<T>(
  run: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let flight: Flight<T> | undefined;

  return async (signal) => {
    signal.throwIfAborted();
    flight ??= start(run);
    const joined = flight;
    joined.waiting += 1;
    try {
      return await unlessAborted(joined.result, signal);
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0) {
        joined.controller.abort();
        flight = undefined;
      }
    }
  };
}

function start<T>(run: (signal: AbortSignal) => Promise<T>): Flight<T> {
  const controller = new AbortController();
  return { controller, result: run(controller.signal), waiting: 0 };
}

/** What comes first: a promise's outcome, or the abort of a signal, whose reason is thrown. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
  });
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

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
      { why: 'NotFilledIn' },
    );
  }
  const token = async () => accessToken;
  return { current: token, renew: token, credentialsVersion: async () => version };
}

/** The access tokens that are good at the moment. */
export type Tokens = {
  /** How long an issued token is good for, in seconds. */
  readonly lifetimeSeconds: number;
  readonly issue: () => string;
  /** Whether an Authorization header carries a token that is neither expired nor revoked. */
  readonly accepts: (authorization: string) => boolean;
  /** Ends every token at once, a fixed one included. */
  readonly revokeAll: () => void;
};

/**
 * Tokens that expire by the clock `now` (ms since the epoch). A `fixedToken` is good from the
 * start and never expires.
 */
export function createTokens(
  now: () => number,
  lifetimeSeconds: number,
  fixedToken?: string,
): Tokens {
  const expiryByToken = new Map<string, number>();
  let issued = 0;
  if (fixedToken !== undefined) {
    expiryByToken.set(fixedToken, Number.POSITIVE_INFINITY);
  }
  return {
    lifetimeSeconds,
    issue: () => {
      issued += 1;
      const token = `simulated-token-${issued}`;
      expiryByToken.set(token, now() + lifetimeSeconds * 1000);
      return token;
    },
    accepts: (authorization) => {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
      return now() < (expiryByToken.get(token) ?? 0);
    },
    revokeAll: () => expiryByToken.clear(),
  };
}

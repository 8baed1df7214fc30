import type { AccessTokens } from '../core/ports.ts';

/** The access token as one sweep uses it: renewed once at most, however many checks are refused. */
export interface TokenSession {
  /**
   * The token to ask with. Throws as `AccessTokens` does.
   *
   * @param signal ends the wait for it, for this caller alone; the sweep's by default
   */
  token(signal?: AbortSignal): Promise<string>;
  /**
   * The token to ask with once more after this one was refused; undefined when it is the renewed
   * one that was refused. Throws as `AccessTokens` does.
   */
  renewedAfter(refused: string): Promise<string | undefined>;
}

/**
 * A session over the tokens for one sweep.
 *
 * @param signal the sweep's: one check that gives up must not take the others' renewal with it
 */
export function createTokenSession(tokens: AccessTokens, signal: AbortSignal): TokenSession {
  let renewal: Promise<string> | undefined;
  return {
    token: (caller = signal) => renewal ?? tokens.current(caller),
    async renewedAfter(refused) {
      renewal ??= tokens.renew(signal);
      const renewed = await renewal;
      return renewed === refused ? undefined : renewed;
    },
  };
}

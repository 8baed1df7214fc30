import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CredentialsRefused, TokenEndpointDown } from '../../../functions/core/errors.ts';
import type { AccessTokens } from '../../../functions/core/ports.ts';
import { MINUTE } from '../../../functions/core/time.ts';

/** Access tokens in a process that has none yet, and a say in how it stands with the token endpoint. */
export interface TokensUnderTest {
  readonly tokens: AccessTokens;
  /** How many tokens were asked for. */
  requests(): number;
  /** Lets so much time go by (ms). */
  advance(ms: number): void;
  /**
   * - `Well`: each request gets a token that is good for 20 min.
   * - `Down`: none does.
   * - `Refusing`: the credentials are no good.
   * - `RefusingOnce`: they are no good, and there are others as soon as they were refused.
   */
  set(situation: 'Well' | 'Down' | 'Refusing' | 'RefusingOnce'): void;
  /** Puts other credentials, which are good, in the place of those that are refused. */
  replaceCredentials(): void;
  stop(): void;
}

const NEVER = new AbortController().signal;

/** What all access tokens do, be they from a real token endpoint or from a stand-in for it. */
export function describeAccessTokens(name: string, start: () => Promise<TokensUnderTest>): void {
  describe(`${name} as a source of access tokens`, () => {
    let source: TokensUnderTest;
    beforeEach(async () => {
      source = await start();
    });
    afterEach(() => source.stop());
    const current = () => source.tokens.current(NEVER);

    it('asks once, however often and by however many a token is needed', async () => {
      const [first, ...others] = await Promise.all([current(), current(), current()]);
      expect(others).toEqual([first, first]);
      expect(await current()).toBe(first);
      expect(source.requests()).toBe(1);
    });

    it('uses a token until a minute before it expires', async () => {
      const first = await current();
      source.advance(19 * MINUTE - 1);
      expect(await current()).toBe(first);
      source.advance(1);
      expect(await current()).not.toBe(first);
    });

    it('gives another token for one that was refused, and keeps that', async () => {
      const first = await current();
      const second = await source.tokens.renew(NEVER);
      expect(second).not.toBe(first);
      expect(await current()).toBe(second);
      expect(source.requests()).toBe(2);
    });

    it('does not go back to a token that was refused when there is no other', async () => {
      await current();
      source.set('Down');
      await expect(source.tokens.renew(NEVER)).rejects.toThrow(TokenEndpointDown);
      await expect(current()).rejects.toThrow(TokenEndpointDown);
      source.set('Well');
      await expect(current()).resolves.toEqual(expect.any(String));
    });

    it('tells credentials that are refused from an endpoint that is down', async () => {
      source.set('Refusing');
      const failed = current();
      await expect(failed).rejects.toThrow(CredentialsRefused);
      await expect(failed).rejects.toMatchObject({ why: 'Refused' });
      expect(source.requests()).toBe(1);
    });

    it('looks for other credentials when the first are refused', async () => {
      source.set('RefusingOnce');
      await expect(current()).resolves.toEqual(expect.any(String));
      expect(source.requests()).toBe(2);
    });

    it('tells other credentials by their version', async () => {
      const first = await source.tokens.credentialsVersion(NEVER);
      expect(await source.tokens.credentialsVersion(NEVER)).toBe(first);
      source.set('Refusing');
      await expect(current()).rejects.toThrow(CredentialsRefused);
      source.replaceCredentials();
      expect(await source.tokens.credentialsVersion(NEVER)).not.toBe(first);
      await expect(current()).resolves.toEqual(expect.any(String));
    });

    it("ends with its caller's reason, and does not ask, when that has given up", async () => {
      const why = new Error('the sweep is over');
      await expect(source.tokens.current(AbortSignal.abort(why))).rejects.toBe(why);
      expect(source.requests()).toBe(0);
    });
  });
}

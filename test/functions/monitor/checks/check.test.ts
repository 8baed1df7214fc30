import { describe, expect, it, vi } from 'vitest';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';
import type { AccessTokens, StatusEndpoint } from '../../../../functions/core/ports.ts';
import { createAsk } from '../../../../functions/monitor/checks/check.ts';
import { openUpstream } from '../../../../functions/monitor/upstream/upstream.ts';
import { createMemoryWorld } from '../in-memory/memory-world.ts';
import { createLease, createSweepContext } from '../in-memory/sweep-context.ts';

/** A check whose time is up as soon as `useUpTime` is called, and requests paused with `pause`. */
function createLimitedCheck(
  status: StatusEndpoint,
  tokensOf: (useUpTime: () => void, pause: () => void) => AccessTokens,
) {
  const limit = new AbortController();
  const tokens = tokensOf(
    () => limit.abort(),
    () => void upstream.breaker.trip('UpstreamDown'),
  );
  const time = { now: () => 0, timeout: () => limit.signal };
  const context = createSweepContext({ ...createMemoryWorld().ports, status, tokens, time });
  const settings = { checksPerMinute: 2, concurrency: 1 };
  const upstream = openUpstream(context, settings, { lease: createLease(2, 0), isPaused: false });
  const ask = createAsk(context, upstream);
  return (jobId: string) => ask((token, signal) => status.ask({ jobId }, token, signal));
}

/** Nobody must ask without a token, or when the time is up. */
const unaskable: StatusEndpoint = {
  ask: () => Promise.reject(new Error('Upstream was asked.')),
};

it.each([CredentialsRefused, TokenEndpointDown])(
  'does not blame a job for %o, even when it takes longer than the check may',
  async (TokenFault) => {
    const check = createLimitedCheck(unaskable, (useUpTime) => {
      const fails = async () => {
        useUpTime();
        throw new TokenFault('There is no token.');
      };
      return { current: fails, renew: fails, credentialsVersion: fails };
    });
    await expect(check('a job')).rejects.toThrow(TokenFault);
  },
);

describe('a job is not asked about, and not blamed, when all the time of its check goes into', () => {
  const gives = async () => 'a token';

  it('its token', async () => {
    const check = createLimitedCheck(unaskable, (useUpTime) => {
      const givesLate = async () => {
        useUpTime();
        return 'a token';
      };
      return { current: givesLate, renew: gives, credentialsVersion: gives };
    });
    await expect(check('a job')).resolves.toEqual({ kind: 'NotAsked' });
  });

  it('the renewal of its token', async () => {
    const ask = vi.fn().mockResolvedValueOnce({ kind: 'Unauthorized' });
    const check = createLimitedCheck({ ask: ask.mockRejectedValue(new Error()) }, (useUpTime) => {
      const renewsLate = async () => {
        useUpTime();
        return 'another token';
      };
      return { current: gives, renew: renewsLate, credentialsVersion: gives };
    });
    await expect(check('a job')).resolves.toEqual({ kind: 'NotAsked' });
    expect(ask).toHaveBeenCalledOnce();
  });
});

it('a job is not asked about when requests are paused while its token comes', async () => {
  const check = createLimitedCheck(unaskable, (_useUpTime, pause) => {
    const givesInAPause = async () => {
      pause();
      return 'a token';
    };
    return { current: givesInAPause, renew: givesInAPause, credentialsVersion: givesInAPause };
  });
  await expect(check('a job')).resolves.toEqual({ kind: 'NotAsked' });
});

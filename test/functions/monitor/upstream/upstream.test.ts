import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import type { AccessTokens } from '../../../../functions/core/ports.ts';
import { SECOND } from '../../../../functions/core/time.ts';
import { openUpstream } from '../../../../functions/monitor/upstream/upstream.ts';
import { BEGIN, createMemoryWorld } from '../in-memory/memory-world.ts';
import { createLease, createSweepContext } from '../in-memory/sweep-context.ts';

/** The way to upstream of a sweep whose lease took so many requests. */
function open(budget: number, tokens: Partial<AccessTokens> = {}) {
  const { ports, clock, logged } = createMemoryWorld();
  Object.assign(ports.tokens, tokens);
  const settings = { checksPerMinute: 200, concurrency: 1 };
  const lease = createLease(budget, BEGIN);
  const upstream = openUpstream(createSweepContext(ports), settings, { lease, isPaused: false });
  return { upstream, clock, logged };
}

it('lets as many requests leave as there are whole units in the token bucket, and keeps the rest', () => {
  const budget = fc.double({ min: 0, max: 200, noNaN: true });
  fc.assert(
    fc.property(budget, (units) => {
      const { upstream } = open(units);
      let taken = 0;
      while (upstream.take()) taken += 1;
      expect(upstream.blocked).toBe('BudgetSpent');
      expect(taken).toBe(Math.floor(units));
      expect(upstream.left).toBeCloseTo(units - taken);
      expect(upstream.breaker.isOpen).toBe(false);
    }),
  );
});

it('lets nothing leave once the circuit breaker is open, and what is left stays', async () => {
  const { upstream } = open(5);
  expect(upstream.take()).toBe(true);
  await upstream.breaker.trip('UpstreamDown');
  expect(upstream.take()).toBe(false);
  expect(upstream).toMatchObject({ left: 4, blocked: 'Paused' });
});

it('lets nothing leave once the time is up, with the circuit breaker closed', () => {
  const { upstream, clock } = open(5);
  clock.advance(40 * SECOND - 1);
  expect(upstream.take()).toBe(true);
  clock.advance(1);
  expect(upstream.take()).toBe(false);
  expect(upstream).toMatchObject({ left: 4, blocked: 'TimeUp' });
  expect(upstream.breaker.isOpen).toBe(false);
});

describe('an access token', () => {
  /** Fails in this way each time. @returns how often it was asked for */
  function failing(error: Error) {
    let calls = 0;
    const current = () => {
      calls += 1;
      return Promise.reject(error);
    };
    return { current, calls: () => calls };
  }

  it('that there is none of is not asked for again in the same sweep', async () => {
    const error = new TokenEndpointDown('Down.');
    const { current, calls } = failing(error);
    const { upstream } = open(5, { current });
    await expect(upstream.token()).rejects.toBe(error);
    await expect(upstream.token()).rejects.toBe(error);
    expect(calls()).toBe(1);
    expect(upstream.contact.current).not.toHaveProperty('tokenAt');
  });

  it('that one caller does not wait for is asked for by the next', async () => {
    const { current, calls } = failing(new DOMException('The time is up.', 'TimeoutError'));
    const { upstream } = open(5, { current });
    await expect(upstream.token()).rejects.toThrow('The time is up.');
    await expect(upstream.token()).rejects.toThrow('The time is up.');
    expect(calls()).toBe(2);
  });

  it('that there is says so', async () => {
    const { upstream } = open(5);
    await expect(upstream.token()).resolves.toBe('a token');
    expect(upstream.contact.current).toEqual({ tokenAt: BEGIN });
  });

  it('is tried for: that there is none opens the circuit breaker', async () => {
    const { upstream } = open(5, failing(new TokenEndpointDown('Down.')));
    await upstream.tryToken();
    expect(upstream.breaker.isOpen).toBe(true);
    expect(upstream.contact.current.failing).toHaveProperty('tokens');
  });

  it('is tried for in 12 s, after which nobody knows', async () => {
    const current: AccessTokens['current'] = (signal) => {
      clock.advance(12 * SECOND);
      return Promise.reject(signal?.aborted ? signal.reason : new Error('It goes on.'));
    };
    const { upstream, clock, logged } = open(5, { current });
    await upstream.tryToken();
    expect(upstream.breaker.isOpen).toBe(false);
    expect(logged).toEqual([
      {
        level: 'warn',
        message: 'There was no time to see whether there is an access token',
        facts: { error: expect.objectContaining({ name: 'TimeoutError' }) },
      },
    ]);
  });
});

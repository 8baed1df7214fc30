import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SECOND } from '../../../../functions/core/time.ts';
import { openUpstream } from '../../../../functions/monitor/upstream/upstream.ts';
import { BEGIN, createMemoryWorld } from '../in-memory/memory-world.ts';
import { createLease, createSweepContext } from '../in-memory/sweep-context.ts';

/** The way to upstream of a sweep whose lease took so many requests. */
function open(budget: number) {
  const { ports, clock } = createMemoryWorld();
  const settings = { checksPerMinute: 200, concurrency: 1 };
  const lease = createLease(budget, BEGIN);
  const upstream = openUpstream(createSweepContext(ports), settings, { lease, isPaused: false });
  return { upstream, clock };
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

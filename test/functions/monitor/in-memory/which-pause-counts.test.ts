import { describe, expect, it } from 'vitest';
import { CAUSES, type Cause } from '../../../../functions/core/sweeps/causes.ts';
import type { Pause, PauseReason } from '../../../../functions/core/sweeps/pause.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import {
  type CircuitBreaker,
  createCircuitBreaker,
  createContactLog,
} from '../../../../functions/monitor/upstream/circuit-breaker.ts';
import { BEGIN, createMemoryWorld } from './memory-world.ts';
import { createLease, createSweepContext } from './sweep-context.ts';

/** What calls for a pause: a fault; or a 429, or a 503, that asks for so many ms. */
type Fault = Exclude<PauseReason, 'RateLimited'> | number | { readonly busyFor: number };

/** What a circuit breaker lives in. */
function worldOfBreaker() {
  const { ports, clock, logged } = createMemoryWorld();
  const recorded: Pause[] = [];
  const context = createSweepContext(ports);
  const lease = createLease(60, BEGIN, recorded);
  const breaker = createCircuitBreaker(context, lease, createContactLog(ports.time), false);
  return { breaker, clock, ports, logged, recorded, report: context.report };
}

/** What came of faults that follow each other after 2 s each. */
async function pausesAfter(...faults: readonly Fault[]) {
  const { breaker, clock, ...seen } = worldOfBreaker();
  for (const fault of faults) {
    if (typeof fault === 'number') await breaker.rateLimited(BEGIN + fault);
    else if (typeof fault === 'object') await breaker.busy(BEGIN + fault.busyFor);
    else await breaker.trip(fault);
    clock.advance(2 * SECOND);
  }
  return { ...seen, current: breaker.standing.pause, isOpen: breaker.isOpen };
}

describe('of two pauses', () => {
  it.each<[Fault, Fault, PauseReason]>([
    [30 * SECOND, 90 * SECOND, 'RateLimited'],
    // What a 429 asks for is kept, even when the credentials are changed before.
    [30 * SECOND, 'CredentialsRefused', 'RateLimited'],
    ['CredentialsRefused', 30 * SECOND, 'RateLimited'],
    ['UpstreamDown', 'CredentialsRefused', 'CredentialsRefused'],
    ['CredentialsRefused', 'UpstreamDown', 'UpstreamDown'],
    ['UpstreamDown', 2 * MINUTE, 'RateLimited'],
    ['UpstreamDown', 30 * SECOND, 'UpstreamDown'],
    [30 * SECOND, 'UpstreamDown', 'UpstreamDown'],
    [2 * MINUTE, 'UpstreamDown', 'RateLimited'],
    ['CredentialsRefused', { busyFor: 30 * SECOND }, 'CredentialsRefused'],
    [{ busyFor: 30 * SECOND }, 'UpstreamFault', 'UpstreamFault'],
    [{ busyFor: MINUTE }, MINUTE, 'UpstreamDown'],
    [MINUTE, { busyFor: MINUTE }, 'RateLimited'],
  ])('%o and then %o, it is %s that counts', async (first, second, reason) => {
    const { current, isOpen } = await pausesAfter(first, second);
    expect(current?.reason).toBe(reason);
    expect(isOpen).toBe(true);
  });
});

describe('a pause is put on record', () => {
  it('at once, with which credentials were refused where that is why', async () => {
    const { recorded, logged } = await pausesAfter('UpstreamFault', 'CredentialsRefused');
    const pauses: readonly Pause[] = [
      { until: BEGIN + MINUTE, reason: 'UpstreamFault' },
      { until: BEGIN + MINUTE + 2 * SECOND, reason: 'CredentialsRefused', credentials: '1' },
    ];
    expect(recorded).toStrictEqual(pauses);
    expect(logged).toMatchObject(
      pauses.map((pause) => ({ level: 'warn', facts: { pause, ...CAUSES[pause.reason] } })),
    );
  });

  it('without the credentials where they cannot be read', async () => {
    const { breaker, ports, recorded } = worldOfBreaker();
    ports.tokens.credentialsVersion = () => Promise.reject(new Error('No such secret.'));
    await breaker.trip('CredentialsRefused');
    expect(recorded).toStrictEqual([{ until: BEGIN + MINUTE, reason: 'CredentialsRefused' }]);
  });

  it.each<[string, Cause, (breaker: CircuitBreaker, cause: Cause) => Promise<void>]>([
    ['a fault', 'TokenExpired', ({ trip }, cause) => trip('CredentialsRefused', cause)],
    ['a limit', 'QuotaUsedUp', ({ rateLimited }, cause) => rateLimited(BEGIN + 5 * MINUTE, cause)],
  ])('with the cause of %s, which the log tells what to do about', async (_, cause, meet) => {
    const { breaker, recorded, logged } = worldOfBreaker();
    await meet(breaker, cause);
    expect(recorded).toMatchObject([{ cause }]);
    expect(logged).toMatchObject([{ facts: { pause: { cause }, ...CAUSES[cause] } }]);
  });

  it('and counted once where upstream is down and says until when', async () => {
    const both = await pausesAfter('UpstreamDown', { busyFor: 30 * SECOND });
    expect(both.report).toMatchObject({ upstreamDown: 1 });
    const busy = await pausesAfter({ busyFor: 30 * SECOND });
    expect(busy).toMatchObject({ isOpen: true, report: { upstreamDown: 1 } });
  });

  it('once for limits that end within a second of each other', async () => {
    expect((await pausesAfter(MINUTE, MINUTE + 999)).recorded).toHaveLength(1);
    expect((await pausesAfter(MINUTE, MINUTE + SECOND)).recorded).toHaveLength(2);
  });

  it('once for each fault, however often it is met', async () => {
    expect((await pausesAfter('UpstreamDown', 'UpstreamDown')).recorded).toHaveLength(1);
  });
});

it('an answer ends the failing of those who gave it, and of no other', () => {
  const { ports } = createMemoryWorld();
  const failing = { since: BEGIN, at: BEGIN };
  const found = { failing: { reporting: failing, 'reporting lists': failing, tokens: failing } };
  const contact = createContactLog(ports.time, found);
  contact.answered('reporting lists');
  expect(contact.current).toEqual({ failing: { reporting: failing } });
  contact.answered('reporting lists', 'reporting');
  expect(contact.current).toEqual({ failing: {}, answeredAt: { reporting: BEGIN } });
});

import { describe, expect, it } from 'vitest';
import type { Pause, PauseReason } from '../../../../functions/core/sweeps/pause.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import {
  createCircuitBreaker,
  createContactLog,
} from '../../../../functions/monitor/upstream/circuit-breaker.ts';
import { BEGIN, createMemoryWorld } from './memory-world.ts';
import { createLease, createSweepContext } from './sweep-context.ts';

/** What calls for a pause: a fault, or a 429 that asks for so many ms. */
type Cause = Exclude<PauseReason, 'RateLimited'> | number;

/** What came of causes that follow each other after 2 s each. */
async function pausesAfter(...causes: readonly Cause[]) {
  const { ports, clock, logged } = createMemoryWorld();
  const recorded: Pause[] = [];
  const lease = createLease(60, BEGIN, recorded);
  const breaker = createCircuitBreaker(
    createSweepContext(ports),
    lease,
    createContactLog(ports.time),
    false,
  );
  for (const cause of causes) {
    if (typeof cause === 'number') await breaker.rateLimited(BEGIN + cause);
    else await breaker.trip(cause);
    clock.advance(2 * SECOND);
  }
  return { current: breaker.standing.pause, recorded, logged, isOpen: breaker.isOpen };
}

describe('of two pauses', () => {
  it.each<[Cause, Cause, PauseReason]>([
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
  ])('%s and then %s, it is %s that counts', async (first, second, reason) => {
    const { current, isOpen } = await pausesAfter(first, second);
    expect(current?.reason).toBe(reason);
    expect(isOpen).toBe(true);
  });
});

describe('a pause is put on record', () => {
  it('at once, with which credentials were refused where that is why', async () => {
    const { recorded, logged } = await pausesAfter('UpstreamFault', 'CredentialsRefused');
    const pauses = [
      { until: BEGIN + MINUTE, reason: 'UpstreamFault' },
      { until: BEGIN + MINUTE + 2 * SECOND, reason: 'CredentialsRefused', credentials: '1' },
    ];
    expect(recorded).toStrictEqual(pauses);
    expect(logged).toMatchObject(pauses.map((pause) => ({ level: 'warn', facts: { pause } })));
  });

  it('once for limits that end within a second of each other', async () => {
    expect((await pausesAfter(MINUTE, MINUTE + 999)).recorded).toHaveLength(1);
    expect((await pausesAfter(MINUTE, MINUTE + SECOND)).recorded).toHaveLength(2);
  });

  it('once for each fault, however often it is met', async () => {
    expect((await pausesAfter('UpstreamDown', 'UpstreamDown')).recorded).toHaveLength(1);
  });
});

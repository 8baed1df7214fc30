import { describe, expect, it } from 'vitest';
import {
  type Confirmation,
  isLookDue,
  isMailedLately,
  type Listeners,
  listenersAmong,
  lostListeners,
  type Standing,
  type Subscription,
} from '../../../../functions/core/alerts/listeners.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';

const NOW = Date.UTC(2026, 1, 10, 12);
const LAST: Listeners = { checkedAt: NOW, confirmed: 1, pending: 0, unconfirmed: 0, vanished: 0 };

/** Somebody whom the deployment subscribes. */
function declared(confirmation: Confirmation): Standing {
  const receiver = { protocol: 'email', endpoint: 'team@example.com' };
  return { ...receiver, origin: 'Deployment', confirmation };
}

const SUBSCRIPTION: Subscription = {
  subscriptionId: 'team',
  protocol: 'email',
  endpoint: 'team@example.com',
  filter: {},
  subscribedBy: 'test',
  subscribedAt: 0,
  updatedBy: 'test',
  updatedAt: 0,
  version: 1,
};

/** Somebody who has been waited for to confirm since then. */
function pendingSince(updatedAt: number): Standing {
  const subscription = { ...SUBSCRIPTION, updatedAt };
  return { ...declared('Pending'), origin: 'Api', subscription };
}

describe('a look at who gets alerts', () => {
  it('is due at once, and then every 15 minutes', () => {
    expect(isLookDue(undefined, NOW)).toBe(true);
    expect(isLookDue(LAST, NOW + 15 * MINUTE - 1)).toBe(false);
    expect(isLookDue(LAST, NOW + 15 * MINUTE)).toBe(true);
    // The clock was set back since.
    expect(isLookDue(LAST, NOW - HOUR)).toBe(true);
  });

  it('counts them', () => {
    const all = [declared('Confirmed'), declared('Confirmed'), declared('Vanished')];
    const listeners = listenersAmong(all, undefined, NOW);
    expect(listeners).toEqual({ ...LAST, confirmed: 2, vanished: 1 });
    expect(lostListeners(listeners)).toBe(1);
  });

  it('misses nobody whom somebody is unsubscribing just now', () => {
    const vanished = (until: number) => {
      const subscription = { ...SUBSCRIPTION, held: { by: 'test', until } };
      return listenersAmong([{ ...declared('Vanished'), subscription }], LAST, NOW).vanished;
    };
    expect([NOW + 1, NOW].map(vanished)).toEqual([0, 1]);
    expect(vanished(NOW + HOUR), 'by a clock that was set back since').toBe(1);
  });

  it('finds nobody where there is nobody', () => {
    expect(listenersAmong([], LAST, NOW)).toEqual({ ...LAST, confirmed: 0 });
  });

  it('gives who subscribed over the API a day to confirm', () => {
    const unconfirmed = (age: number) =>
      listenersAmong([pendingSince(NOW - age)], undefined, NOW).unconfirmed;
    expect([unconfirmed(DAY - 1), unconfirmed(DAY)]).toEqual([0, 1]);
  });

  it('gives anybody else a day from when they were first seen', () => {
    const all = [declared('Pending')];
    const first = listenersAmong(all, undefined, NOW);
    const then = listenersAmong(all, first, NOW + 23 * HOUR);
    const late = listenersAmong(all, then, NOW + 24 * HOUR);
    expect([first, then, late].map(({ unconfirmed }) => unconfirmed)).toEqual([0, 0, 1]);
    expect([first, then, late].map(({ pending }) => pending)).toEqual([1, 1, 1]);
    expect(lostListeners(late)).toBe(1);
  });

  it('counts from now who was first seen by a clock that was set back since', () => {
    const ahead = { ...LAST, othersPendingSince: NOW + 30 * DAY };
    const now = listenersAmong([declared('Pending')], ahead, NOW);
    expect(now).toMatchObject({ othersPendingSince: NOW });
  });

  it('begins to count anew once nobody was pending in between', () => {
    const first = listenersAmong([declared('Pending')], undefined, NOW);
    const between = listenersAmong([declared('Confirmed')], first, NOW + HOUR);
    const again = listenersAmong([declared('Pending')], between, NOW + 24 * HOUR);
    expect(again).toMatchObject({ unconfirmed: 0, othersPendingSince: NOW + 24 * HOUR });
  });
});

it('nobody gets a second mail that asks to confirm within the hour', () => {
  const mailed = (mailedAt?: number) =>
    isMailedLately({ ...SUBSCRIPTION, ...(mailedAt !== undefined && { mailedAt }) }, NOW);
  expect(mailed()).toBe(false);
  expect([NOW, NOW - HOUR + 1, NOW - HOUR].map(mailed)).toEqual([true, true, false]);
  expect(mailed(NOW + 7 * DAY), 'by a clock that was set back since').toBe(false);
});

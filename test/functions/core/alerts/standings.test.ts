import { describe, expect, it } from 'vitest';
import {
  receiverKey,
  type SeenSubscriptions,
  type Subscription,
  standings,
} from '../../../../functions/core/alerts/listeners.ts';
import { MINUTE } from '../../../../functions/core/time.ts';

const NOW = Date.UTC(2026, 1, 10, 12);
const ARN = 'arn:aws:sns:us-east-1:000000000000:Alerts:1';
const TEAM = { protocol: 'email', endpoint: 'team@example.com' };
const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };
const SUBSCRIPTION: Subscription = {
  ...TEAM,
  subscriptionId: 'team',
  filter: { states: ['Failed'] },
  subscribedAt: NOW - 5 * MINUTE,
  subscribedBy: 'pipeline',
  updatedAt: NOW - 2 * MINUTE,
  updatedBy: 'pipeline',
  version: 1,
};

/** How it stands where no more is known than this. */
function standing(seen: Partial<SeenSubscriptions>) {
  return standings({ subscriptions: [], subscribers: [], declared: [], ...seen }, NOW);
}

describe('a subscription', () => {
  it('is confirmed once the topic tells its ARN', () => {
    const subscribers = [{ ...TEAM, arn: ARN }];
    expect(standing({ subscriptions: [SUBSCRIPTION], subscribers })).toEqual([
      { ...TEAM, origin: 'Api', confirmation: 'Confirmed', arn: ARN, subscription: SUBSCRIPTION },
    ]);
  });

  it('is pending until then', () => {
    expect(standing({ subscriptions: [SUBSCRIPTION], subscribers: [TEAM] })).toEqual([
      { ...TEAM, origin: 'Api', confirmation: 'Pending', subscription: SUBSCRIPTION },
    ]);
  });

  it('has vanished when the topic does not know it any more', () => {
    expect(standing({ subscriptions: [SUBSCRIPTION] })).toMatchObject([
      { origin: 'Api', confirmation: 'Vanished' },
    ]);
  });

  it('that was ended is none, though the topic may still tell of whom it was for', () => {
    const subscriptions = [{ ...SUBSCRIPTION, endedAt: NOW - MINUTE }];
    expect(standing({ subscriptions })).toEqual([]);
    expect(standing({ subscriptions, subscribers: [TEAM] })).toEqual([
      { ...TEAM, origin: 'Other', confirmation: 'Pending' },
    ]);
  });

  it('gets a minute for the topic to show it', () => {
    const ago = (ms: number) => [{ ...SUBSCRIPTION, updatedAt: NOW - ms }];
    const [younger] = standing({ subscriptions: ago(MINUTE - 1) });
    const [older] = standing({ subscriptions: ago(MINUTE) });
    expect([younger?.confirmation, older?.confirmation]).toEqual(['Pending', 'Vanished']);
    const [ahead] = standing({ subscriptions: ago(-60 * MINUTE) });
    expect(ahead?.confirmation, 'by a clock that was set back since').toBe('Vanished');
  });

  it('is the deployment’s when that declares it, whatever is on record', () => {
    const declared = [{ ...TEAM, endpoint: 'team@EXAMPLE.com' }];
    const subscribers = [{ ...TEAM, arn: ARN }];
    expect(standing({ subscriptions: [SUBSCRIPTION], subscribers, declared })).toMatchObject([
      { origin: 'Deployment', confirmation: 'Confirmed' },
    ]);
  });

  it('that is declared and not at the topic has vanished', () => {
    expect(standing({ declared: [ON_CALL] })).toEqual([
      { ...ON_CALL, origin: 'Deployment', confirmation: 'Vanished' },
    ]);
  });

  it('of which only the topic knows was made by somebody else', () => {
    const queue = { protocol: 'sqs', endpoint: 'arn:aws:sqs:us-east-1:000000000000:others' };
    expect(standing({ subscribers: [{ ...queue, arn: ARN }] })).toEqual([
      { ...queue, origin: 'Other', confirmation: 'Confirmed', arn: ARN },
    ]);
  });
});

it('subscriptions are told in the order of protocol and endpoint, each once', () => {
  const other = { protocol: 'email', endpoint: 'boss@example.com' };
  const subscribers = [ON_CALL, TEAM, other];
  const all = standing({ subscribers, declared: [ON_CALL], subscriptions: [SUBSCRIPTION] });
  const inOrder = ['boss@example.com', 'team@example.com', '+37060000000'];
  expect(all.map(({ endpoint }) => endpoint)).toEqual(inOrder);
  const reversed = standing({ subscribers: subscribers.toReversed() });
  expect(reversed.map(({ endpoint }) => endpoint)).toEqual(inOrder);
});

it('only an address has many spellings, and those of its domain alone', () => {
  const key = (endpoint: string) => receiverKey({ protocol: 'email', endpoint });
  expect(key('Team@EXAMPLE.Com')).toBe('email:Team@example.com');
  const topic = { protocol: 'sqs', endpoint: 'arn:aws:sqs:x@Y' };
  expect(receiverKey(topic)).toBe('sqs:arn:aws:sqs:x@Y');
  expect(key('team@example.com')).not.toBe(key('Team@example.com'));
});

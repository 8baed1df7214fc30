import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSubscriptionStore } from '../../../../functions/adapters/dynamodb/tables.ts';
import type { Subscription } from '../../../../functions/core/alerts/listeners.ts';
import type { SubscriptionStore } from '../../../../functions/core/ports.ts';
import { SUBSCRIPTIONS, startDynamoDB, type TestDynamoDB } from '../support/dynamodb.ts';

const FIRST: Subscription = {
  subscriptionId: 'team',
  protocol: 'email',
  endpoint: 'team@example.com',
  filter: { states: ['Failed', 'TimedOut'], onlyWithIssues: true, labelPrefixes: ['Nightly'] },
  subscribedAt: Date.UTC(2026, 0, 1),
  subscribedBy: 'pipeline',
  updatedAt: Date.UTC(2026, 0, 1),
  updatedBy: 'pipeline',
  version: 1,
};
const SECOND: Subscription = { ...FIRST, filter: {}, updatedBy: 'somebody', version: 2 };

let dynamodb: TestDynamoDB;
let subscriptions: SubscriptionStore;
beforeAll(async () => {
  dynamodb = await startDynamoDB(SUBSCRIPTIONS);
  subscriptions = createSubscriptionStore(dynamodb.client, 'Subscriptions');
});
beforeEach(async () => {
  for (const { subscriptionId } of await subscriptions.list()) {
    const Key = { subscriptionId };
    await dynamodb.client.send(new DeleteCommand({ TableName: 'Subscriptions', Key }));
  }
});
afterAll(() => dynamodb.stop());

it('reads back every subscription as it was written', async () => {
  expect(await subscriptions.put(FIRST)).toBe(true);
  expect(await subscriptions.get('team')).toEqual(FIRST);
  expect(await subscriptions.put(SECOND)).toBe(true);
  expect(await subscriptions.get('team')).toEqual(SECOND);
});

it('lets one that was ended expire an hour later, unless it is asked for again', async () => {
  const expiry = async () => {
    const Key = { subscriptionId: 'team' };
    const { Item } = await dynamodb.client.send(
      new GetCommand({ TableName: 'Subscriptions', Key }),
    );
    return Item?.expiresAt;
  };
  await subscriptions.put({ ...FIRST, endedAt: Date.UTC(2026, 0, 2) });
  expect(await expiry()).toBe(Date.UTC(2026, 0, 2, 1) / 1_000);
  const { endedAt, ...ended } = (await subscriptions.get('team')) ?? FIRST;
  expect(endedAt).toBe(Date.UTC(2026, 0, 2));
  await subscriptions.put({ ...ended, version: 2 });
  expect(await expiry()).toBeUndefined();
});

it('knows nothing of one that nobody asked for', async () => {
  expect(await subscriptions.get('team')).toBeUndefined();
  expect(await subscriptions.list()).toEqual([]);
});

it('lists a hundred of the largest at once', async () => {
  const large = { subscribedBy: 'x'.repeat(1_024), updatedBy: 'x'.repeat(1_024) };
  for (let i = 0; i < 100; i += 1) {
    await subscriptions.put({ ...FIRST, ...large, subscriptionId: String(i) });
  }
  expect(await subscriptions.list()).toHaveLength(100);
});

it('does not write over what somebody else wrote meanwhile', async () => {
  await subscriptions.put(FIRST);
  await subscriptions.put(SECOND);
  expect(await subscriptions.put({ ...FIRST, updatedBy: 'late' })).toBe(false);
  expect(await subscriptions.put({ ...SECOND, updatedBy: 'late' })).toBe(false);
  expect(await subscriptions.get('team')).toEqual(SECOND);
});

it('does not bring back what somebody else deleted meanwhile', async () => {
  expect(await subscriptions.put(SECOND)).toBe(false);
  expect(await subscriptions.get('team')).toBeUndefined();
});

it('deletes the version that was read, and no other', async () => {
  await subscriptions.put(FIRST);
  await subscriptions.put(SECOND);
  expect(await subscriptions.remove(FIRST)).toBe(false);
  expect(await subscriptions.get('team')).toEqual(SECOND);
  expect(await subscriptions.remove(SECOND)).toBe(true);
  expect(await subscriptions.get('team')).toBeUndefined();
  expect(await subscriptions.remove(SECOND)).toBe(false);
});

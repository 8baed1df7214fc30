import { expect } from 'vitest';
import { subscriptionIdOf } from '../../../../functions/api/use-cases/subscriptions.ts';
import type { Answer, TestApi } from './test-api.ts';

/** Subscribes over the API. */
export function subscribe(api: TestApi, body: object): Promise<Answer> {
  return api.request('POST', '/subscriptions', { body });
}

/** Puts subscribers on record and at the topic past the API, which looks at all of them for each. */
export async function addSubscribers(
  { ports, clock }: TestApi,
  endpoints: readonly string[],
): Promise<void> {
  const [subscribedAt, subscribedBy] = [clock.now, 'team'];
  for (const endpoint of endpoints) {
    const receiver = { protocol: 'sms', endpoint } as const;
    const isNew = await ports.subscriptions.put({
      ...receiver,
      subscriptionId: subscriptionIdOf(receiver),
      filter: {},
      ...{ subscribedAt, subscribedBy, updatedAt: subscribedAt, updatedBy: subscribedBy },
      arn: await ports.subscribers.subscribe(receiver, {}),
      version: 1,
    });
    expect(isNew).toBe(true);
  }
}

/** Opens the link in the last confirmation mail, as its receiver does, or a scanner of mails. */
export async function confirmLast(api: TestApi): Promise<void> {
  const response = await fetch(api.mails.at(-1)?.link ?? '');
  expect(response.status).toBe(200);
}

/** The people that `GET /subscriptions` lists; not the queue by which the tests read alerts. */
export async function listed(api: TestApi): Promise<readonly Answer['body'][]> {
  const { body } = await api.request('GET', '/subscriptions');
  const subscriptions = body.subscriptions as readonly Answer['body'][];
  return subscriptions.filter(({ protocol }) => protocol !== 'sqs');
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Subscription } from '../../../../functions/core/alerts/listeners.ts';
import { confirmLast, listed, subscribe } from '../support/subscriptions.ts';
import { type Answer, startTestApi, type TestApi } from '../support/test-api.ts';

const TEAM = { protocol: 'email', endpoint: 'team@example.com' };
const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };
const DECLARED = { protocol: 'email', endpoint: 'boss@example.com' };

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi({}, [DECLARED]);
});
afterEach(() => api.close());

const remove = (subscriptionId: unknown) =>
  api.request('DELETE', `/subscriptions/${subscriptionId}`);

describe('DELETE /subscriptions/{subscriptionId}', () => {
  it('ends a subscription: no alert goes there any more', async () => {
    const { body } = await subscribe(api, ON_CALL);
    expect(await remove(body.subscriptionId)).toMatchObject({
      status: 200,
      body: { subscriptionId: body.subscriptionId, outcome: 'Unsubscribed' },
    });
    await api.publish({ state: 'Failed' });
    expect(await api.sns.alerts()).toMatchObject([{ deliveredTo: ['email:boss@example.com'] }]);
    expect((await remove(body.subscriptionId)).status).toBe(404);
  });

  it('says of a pending one that it lapses by itself, and what happens if it is confirmed', async () => {
    const { body } = await subscribe(api, TEAM);
    expect(await remove(body.subscriptionId)).toMatchObject({
      status: 202,
      body: { outcome: 'Lapsing', detail: expect.stringMatching(/48 hours.*delete it again/) },
    });
    expect(await listed(api)).toContainEqual(
      expect.objectContaining({ ...TEAM, origin: 'Other', confirmation: 'Pending' }),
    );

    await confirmLast(api);
    expect(await remove(body.subscriptionId)).toMatchObject({ status: 200 });
    expect(await listed(api)).toHaveLength(1);
  });

  it('ends what somebody subscribed at the topic itself', async () => {
    const bystander = { protocol: 'email', endpoint: 'bystander@example.com' } as const;
    await api.ports.subscribers.subscribe(bystander, {});
    await confirmLast(api);
    const found = (await listed(api)).find(({ endpoint }) => endpoint === bystander.endpoint);
    expect(found).toMatchObject({ origin: 'Other', confirmation: 'Confirmed' });
    expect(await remove(found?.subscriptionId)).toMatchObject({
      status: 200,
      body: { outcome: 'Unsubscribed' },
    });
    expect(await listed(api)).toHaveLength(1);
    expect(await api.ports.subscriptions.list()).toEqual([]);
  });

  it('takes one that has vanished off the record', async () => {
    const { body } = await subscribe(api, ON_CALL);
    const [onCall] = (await api.ports.subscribers.list()).filter(
      ({ endpoint }) => endpoint === ON_CALL.endpoint,
    );
    await api.ports.subscribers.unsubscribe(onCall?.arn ?? '');
    api.clock.now += 60_000;
    expect(await remove(body.subscriptionId)).toMatchObject({ status: 200 });
    expect(await listed(api)).toHaveLength(1);
  });

  it('leaves what the deployment declares to the deployment, and says where that is', async () => {
    const [declared] = await listed(api);
    const answer = await remove(declared?.subscriptionId);
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain('emails, phoneNumbers or alerts');
    expect(await listed(api)).toEqual([declared]);
  });

  it('leaves other systems to those who subscribed them', async () => {
    const { body } = await api.request('GET', '/subscriptions');
    const all = body.subscriptions as { subscriptionId: string; protocol: string }[];
    const queue = all.find(({ protocol }) => protocol === 'sqs');
    const answer = await remove(queue?.subscriptionId);
    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining('SNS') } });
  });

  it('ends a number that the topic does not show yet', async () => {
    const { body } = await subscribe(api, ON_CALL);
    const subscribers = { ...api.ports.subscribers, list: async () => [] };
    const path = `/subscriptions/${body.subscriptionId}`;
    expect(await api.request('DELETE', path, { ports: { subscribers } })).toMatchObject({
      status: 200,
      body: { outcome: 'Unsubscribed' },
    });
    expect(await listed(api)).toHaveLength(1);
  });

  it('waits for the topic to show a number of which nothing else is known', async () => {
    const { body } = await subscribe(api, ON_CALL);
    const [{ arn, ...known } = { version: 0 }] = await api.ports.subscriptions.list();
    await api.ports.subscriptions.put({ ...known, version: known.version + 1 } as Subscription);
    const subscribers = { ...api.ports.subscribers, list: async () => [] };
    const path = `/subscriptions/${body.subscriptionId}`;
    const answer = await api.request('DELETE', path, { ports: { subscribers } });
    expect(arn).toBeDefined();
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('in a minute') },
    });
    expect((await remove(body.subscriptionId)).status).toBe(200);
  });

  it('ends what somebody else subscribes again while it is being ended: that one waits', async () => {
    const { body } = await subscribe(api, ON_CALL);
    const { subscribers } = api.ports;
    let again: Promise<Answer> | undefined;
    const ports = {
      subscribers: {
        ...subscribers,
        unsubscribe(arn: string) {
          again = subscribe(api, ON_CALL);
          return subscribers.unsubscribe(arn);
        },
      },
    };
    const path = `/subscriptions/${body.subscriptionId}`;
    expect((await api.request('DELETE', path, { ports })).status).toBe(200);
    expect(await again).toMatchObject({ status: 201 });
    expect(await listed(api)).toHaveLength(2);
    expect((await remove(body.subscriptionId)).status).toBe(200);
    expect(await listed(api)).toHaveLength(1);
  });

  it('mails nobody again within an hour, whom it leaves pending', async () => {
    const { body } = await subscribe(api, TEAM);
    await remove(body.subscriptionId);
    expect((await subscribe(api, { ...TEAM, states: ['Failed'] })).status).toBe(201);
    expect(api.mails).toHaveLength(1);
    await confirmLast(api);
    await api.publish({ state: 'TimedOut' });
    await api.publish({ state: 'Failed' });
    const [failed, timedOut] = await api.sns.alerts();
    expect(failed?.deliveredTo).toContain('email:team@example.com');
    expect(timedOut?.deliveredTo).not.toContain('email:team@example.com');
  });

  it('is let go of when the topic gives no answer: the same request, made again, ends it', async () => {
    const { body } = await subscribe(api, ON_CALL);
    const down = () => Promise.reject(new Error('SNS is down.'));
    const ports = { subscribers: { ...api.ports.subscribers, unsubscribe: down } };
    const path = `/subscriptions/${body.subscriptionId}`;
    expect((await api.request('DELETE', path, { ports })).status).toBe(500);
    expect(await listed(api)).toContainEqual(body);
    expect((await remove(body.subscriptionId)).status).toBe(200);
  });

  it('after a crash between topic and record, is found by the same request, made again', async () => {
    const { body } = await subscribe(api, ON_CALL);
    const dies = () => Promise.reject(new Error('The process ends here.'));
    const ports = { subscriptions: { ...api.ports.subscriptions, remove: dies } };
    const path = `/subscriptions/${body.subscriptionId}`;
    expect((await api.request('DELETE', path, { ports })).status).toBe(500);
    api.clock.now += 60_000;
    expect((await remove(body.subscriptionId)).status).toBe(200);
    expect(await listed(api)).toHaveLength(1);
  });

  it('is a 404 for one that nobody knows', async () => {
    expect(await remove('0'.repeat(32))).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('GET /subscriptions') },
    });
  });
});

import { UnsubscribeCommand } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { subscriptionIdOf } from '../../../../functions/api/use-cases/subscriptions.ts';
import { SubscriptionRefused } from '../../../../functions/core/errors.ts';
import type { SubscriptionStore } from '../../../../functions/core/ports.ts';
import { HOUR } from '../../../../functions/core/time.ts';
import { snsClient } from '../../../local/sns/sns-client.ts';
import { addSubscribers, confirmLast, listed, subscribe } from '../support/subscriptions.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const TEAM = { protocol: 'email', endpoint: 'team@example.com' };
const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };
const DECLARED = { protocol: 'email', endpoint: 'Boss@Example.com' };

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi({}, [DECLARED]);
});
afterEach(() => api.close());

describe('POST /subscriptions', () => {
  it('sends an address the mail that asks for confirmation, and says where the subscription is', async () => {
    const answer = await subscribe(api, { ...TEAM, states: ['TimedOut', 'Failed'] });
    const { subscriptionId } = answer.body;
    expect(answer).toMatchObject({
      status: 201,
      headers: { Location: `/subscriptions/${subscriptionId}` },
    });
    expect(answer.body).toEqual({
      ...TEAM,
      subscriptionId: expect.stringMatching(/^[0-9a-f]{32}$/),
      origin: 'Api',
      confirmation: 'Pending',
      states: ['Failed', 'TimedOut'],
      onlyWithIssues: false,
      labelPrefixes: null,
      exceptLabelPrefix: null,
      jobKinds: null,
      iModelIds: null,
      exceptIModelIds: null,
      subscribedAt: '2026-02-10T12:00:00.000Z',
      subscribedBy: 'local',
      updatedAt: '2026-02-10T12:00:00.000Z',
      updatedBy: 'local',
      mailedAt: '2026-02-10T12:00:00.000Z',
    });
    expect(api.mails.map(({ to }) => to)).toEqual([TEAM.endpoint]);
    expect(await api.request('GET', `/subscriptions/${subscriptionId}`)).toMatchObject({
      status: 200,
      body: answer.body,
    });
  });

  it('has an address confirmed by whoever opens the link in the mail', async () => {
    const { body } = await subscribe(api, TEAM);
    await confirmLast(api);
    const found = await api.request('GET', `/subscriptions/${body.subscriptionId}`);
    expect(found.body).toEqual({ ...body, confirmation: 'Confirmed' });
  });

  it('needs no confirmation for a number', async () => {
    const { body } = await subscribe(api, ON_CALL);
    expect(body.confirmation).toBe('Confirmed');
    expect(api.mails).toEqual([]);
    expect(await listed(api)).toContainEqual(body);
  });

  it('keeps kinds and iModels of a filter in one spelling, each once', async () => {
    const iModelIds = [
      'B0D3F8E1-0000-4000-8000-000000000001',
      'a0d3f8e1-0000-4000-8000-000000000002',
    ];
    const { body } = await subscribe(api, {
      ...ON_CALL,
      jobKinds: ['grouping-and-mapping-extraction', 'reporting-extraction'],
      iModelIds: [...iModelIds, ...iModelIds],
    });
    expect(body).toMatchObject({
      jobKinds: ['reporting-extraction', 'grouping-and-mapping-extraction'],
      iModelIds: iModelIds.map((id) => id.toLowerCase()).toSorted(),
    });
  });

  it('puts on record who subscribes', async () => {
    const authorizer = { iam: { userArn: 'arn:aws:iam::1:user/first' } } as never;
    const body = TEAM;
    const first = await api.request('POST', '/subscriptions', { body, authorizer });
    expect(first.body).toMatchObject({ subscribedBy: 'arn:aws:iam::1:user/first' });
  });

  it('repeated, changes the filter and tells who did, without a second subscription', async () => {
    const { body } = await subscribe(api, { ...ON_CALL, states: ['Failed'] });
    api.clock.now += 1_000;
    const filter = { onlyWithIssues: true, labelPrefixes: ['Nightly'] };
    const again = await subscribe(api, { ...ON_CALL, ...filter });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({
      ...body,
      ...filter,
      states: null,
      updatedAt: '2026-02-10T12:00:01.000Z',
    });
    expect(await listed(api)).toHaveLength(2);
  });

  it('repeated for an address that is pending, sends the mail again after an hour, not before', async () => {
    const { body } = await subscribe(api, TEAM);
    api.clock.now += HOUR - 1;
    const soon = await subscribe(api, { ...TEAM, states: ['Failed'] });
    expect(soon).toMatchObject({ status: 200, body: { confirmation: 'Pending' } });
    expect(soon.body).toMatchObject({ states: ['Failed'], mailedAt: body.mailedAt });
    expect(api.mails).toHaveLength(1);
    api.clock.now += 1;
    const later = await subscribe(api, TEAM);
    expect(later).toMatchObject({ status: 200, body: { confirmation: 'Pending' } });
    expect(later.body.mailedAt).toBe('2026-02-10T13:00:00.000Z');
    expect(api.mails.map(({ to }) => to)).toEqual([TEAM.endpoint, TEAM.endpoint]);
  });

  it('repeated for an address that is confirmed, bothers nobody', async () => {
    await subscribe(api, TEAM);
    await confirmLast(api);
    const again = await subscribe(api, { ...TEAM, states: ['Failed'] });
    expect(again).toMatchObject({ status: 200, body: { confirmation: 'Confirmed' } });
    expect(api.mails).toHaveLength(1);
  });

  it('takes the domain of an address in any letter case for the same', async () => {
    const first = await subscribe(api, { ...TEAM, endpoint: 'team@EXAMPLE.com' });
    const second = await subscribe(api, TEAM);
    expect(first.body).toMatchObject(TEAM);
    expect(second.body.subscriptionId).toBe(first.body.subscriptionId);
    expect(second.status).toBe(200);
  });

  it('subscribes again what has vanished', async () => {
    await subscribe(api, TEAM);
    await confirmLast(api);
    await scannerUnsubscribes(TEAM.endpoint);
    api.clock.now += 60_000;
    expect(await listed(api)).toContainEqual(
      expect.objectContaining({ ...TEAM, confirmation: 'Vanished' }),
    );
    const again = await subscribe(api, TEAM);
    expect(again).toMatchObject({ status: 200, body: { confirmation: 'Pending' } });
    expect(api.mails).toHaveLength(2);
  });

  it('takes over who subscribed at SNS', async () => {
    await api.ports.subscribers.subscribe(ON_CALL, {});
    const answer = await subscribe(api, { ...ON_CALL, states: ['Failed'] });
    expect(answer).toMatchObject({ status: 201, body: { origin: 'Api' } });
    expect(await listed(api)).toHaveLength(2);
  });

  it('leaves what the deployment declares to the deployment', async () => {
    const answer = await subscribe(api, { ...DECLARED, endpoint: 'Boss@example.com' });
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain('emails, phoneNumbers or alerts');
  });

  it('keeps a hundred subscriptions and no more, but changes those that there are', async () => {
    const endpoint = (i: number) => `+3706000${1_000 + i}`;
    const add = (i: number) => subscribe(api, { ...ON_CALL, endpoint: endpoint(i) });
    await addSubscribers(
      api,
      Array.from({ length: 99 }, (_, i) => endpoint(i)),
    );
    expect((await add(99)).status).toBe(201);
    expect(await add(100)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('100 subscriptions') },
    });
    expect((await add(98)).status).toBe(200);
  });

  it('logs no address', async () => {
    await subscribe(api, TEAM);
    await subscribe(api, { ...TEAM, endpoint: 'no address' });
    const [found] = (await listed(api)).slice(-1);
    await api.request('GET', `/subscriptions/${found?.subscriptionId}`);
    expect(JSON.stringify(api.logged)).not.toContain('@');
  });
});

describe('a subscription that SNS refuses', () => {
  const refused = new SubscriptionRefused('SNS refuses the subscription: no more filter policies');
  const refuse = () => Promise.reject(refused);

  it('is refused with its reason, and not on record', async () => {
    const ports = { subscribers: { ...api.ports.subscribers, subscribe: refuse } };
    const answer = await api.request('POST', '/subscriptions', { body: TEAM, ports });
    expect(answer).toMatchObject({ status: 409, body: { detail: refused.message } });
    expect(await api.ports.subscriptions.list()).toEqual([]);
    expect(JSON.stringify(api.logged)).not.toContain('refuses');
  });

  it('stays what it was when it is refused a change', async () => {
    const { body } = await subscribe(api, { ...ON_CALL, states: ['Failed'] });
    const ports = { subscribers: { ...api.ports.subscribers, change: refuse } };
    const answer = await api.request('POST', '/subscriptions', { body: ON_CALL, ports });
    expect(answer.status).toBe(409);
    expect(await listed(api)).toContainEqual(body);
  });
});

describe('a crash between record and topic', () => {
  it('is mended by the same request, made again', async () => {
    const dies = () => Promise.reject(new Error('The process ends here.'));
    const ports = { subscribers: { ...api.ports.subscribers, subscribe: dies } };
    expect((await api.request('POST', '/subscriptions', { body: ON_CALL, ports })).status).toBe(
      500,
    );
    api.clock.now += 60_000;
    expect(await listed(api)).toContainEqual(
      expect.objectContaining({ ...ON_CALL, confirmation: 'Vanished' }),
    );
    expect((await subscribe(api, ON_CALL)).status).toBe(200);
    expect(await listed(api)).toContainEqual(
      expect.objectContaining({ ...ON_CALL, confirmation: 'Confirmed' }),
    );
  });
});

describe('a request whose answer from the table was lost', () => {
  it('knows its own hold on the subscription', async () => {
    const { subscriptions } = api.ports;
    const lossy: SubscriptionStore = {
      ...subscriptions,
      put: async (subscription) => (await subscriptions.put(subscription)) && false,
    };
    const answer = await api.request('POST', '/subscriptions', {
      body: ON_CALL,
      ports: { subscriptions: lossy },
    });
    expect(answer).toMatchObject({ status: 201, body: { confirmation: 'Confirmed' } });
    expect(await listed(api)).toContainEqual(answer.body);
  });
});

describe('a subscription that another request is changing', () => {
  const held = (until: number) =>
    api.ports.subscriptions.put({
      ...ON_CALL,
      subscriptionId: subscriptionIdOf(ON_CALL),
      filter: { states: ['Failed'] },
      subscribedAt: api.clock.now,
      subscribedBy: 'another',
      updatedAt: api.clock.now,
      updatedBy: 'another',
      held: { by: 'another', until },
      version: 1,
    });
  /** Waits are over at once. */
  const wait = async () => {};

  it('is left to it for so long, and then the caller is asked to try again', async () => {
    await held(api.clock.now + 1);
    const answer = await api.request('POST', '/subscriptions', { body: ON_CALL, ports: { wait } });
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Try again') },
    });
    const subscribers = await api.ports.subscribers.list();
    expect(subscribers.map(({ endpoint }) => endpoint)).not.toContain(ON_CALL.endpoint);
  });

  it.each([
    ['', 0],
    [', by a clock that was set back since', HOUR],
  ])('is taken over when it was never let go of%s', async (_, ahead) => {
    await held(api.clock.now + ahead);
    expect(await subscribe(api, ON_CALL)).toMatchObject({ status: 200, body: { states: null } });
    expect(await api.ports.subscriptions.list()).toMatchObject([{ version: 3 }]);
  });
});

/** Opens the link at the end of an alert, as scanners of mails do. */
async function scannerUnsubscribes(endpoint: string): Promise<void> {
  const subscribers = await api.ports.subscribers.list();
  const found = subscribers.find((each) => each.endpoint === endpoint);
  const client = snsClient(api.sns.url);
  await client.send(new UnsubscribeCommand({ SubscriptionArn: found?.arn }));
  client.destroy();
}

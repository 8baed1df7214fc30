import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listed, subscribe } from '../support/subscriptions.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const TEAM = { protocol: 'email', endpoint: 'team@example.com' };
const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };
const DECLARED = { protocol: 'email', endpoint: 'boss@example.com' };

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi({}, [DECLARED]);
});
afterEach(() => api.close());

describe('GET /subscriptions', () => {
  it('lists everybody who is told, whoever subscribed them', async () => {
    const { body: team } = await subscribe(api, { ...TEAM, states: ['Failed'] });
    const { body: onCall } = await subscribe(api, ON_CALL);
    const answer = await api.request('GET', '/subscriptions');
    const ofOthers = {
      states: null,
      onlyWithIssues: null,
      labelPrefixes: null,
      exceptLabelPrefix: null,
      jobKinds: null,
      iModelIds: null,
      exceptIModelIds: null,
      subscribedAt: null,
      subscribedBy: null,
      updatedAt: null,
      updatedBy: null,
      mailedAt: null,
      confirmation: 'Confirmed',
      subscriptionId: expect.any(String),
    };
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      subscriptions: [
        { ...DECLARED, ...ofOthers, origin: 'Deployment' },
        team,
        onCall,
        { protocol: 'sqs', endpoint: expect.any(String), ...ofOthers, origin: 'Other' },
      ],
    });
  });

  it('tells of one that the deployment declares and that has vanished', async () => {
    const [boss] = await api.ports.subscribers.list();
    const subscribers = { ...api.ports.subscribers, list: async () => [] };
    const { body } = await api.request('GET', '/subscriptions', { ports: { subscribers } });
    expect(boss).toBeDefined();
    expect(body.subscriptions).toMatchObject([{ ...DECLARED, confirmation: 'Vanished' }]);
  });
});

describe('GET /subscriptions/{subscriptionId}', () => {
  it('tells of one that the deployment declares', async () => {
    const [declared] = await listed(api);
    const answer = await api.request('GET', `/subscriptions/${declared?.subscriptionId}`);
    expect(answer).toMatchObject({ status: 200, body: { ...DECLARED, origin: 'Deployment' } });
  });

  it('is a 404 for one that nobody knows', async () => {
    expect((await api.request('GET', `/subscriptions/${'0'.repeat(32)}`)).status).toBe(404);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listed } from '../support/subscriptions.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const DECLARED = { protocol: 'email', endpoint: 'boss@example.com' };

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi({}, [DECLARED]);
});
afterEach(() => api.close());

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

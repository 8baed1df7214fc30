import { afterAll, beforeAll, expect, it } from 'vitest';
import published from '../../../../docs/openapi.json' with { type: 'json' };
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

it('GET /openapi.json gives out the document that is published, and reads no table', async () => {
  const { status, body } = await api.request('GET', '/openapi.json');
  expect(status).toBe(200);
  expect(body).toEqual(published);
  expect(api.commands).toEqual([]);
});

it('a path that only looks like it is a 404', async () => {
  expect((await api.request('GET', '/openapi-json')).status).toBe(404);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** The answer for who knows this tag. */
function ask(path: string, tag: unknown) {
  return api.request('GET', path, { headers: { 'if-none-match': String(tag) } });
}

it.each(['/jobs', '/imodels', '/subscriptions', '/openapi.json'])(
  'GET %s says nothing to who knows the answer',
  async (path) => {
    const { headers } = await api.request('GET', path);
    expect(headers['Cache-Control']).toBe('private, no-cache');
    const again = await ask(path, headers.ETag);
    expect(again).toMatchObject({ status: 304, headers: { ETag: headers.ETag }, body: {} });
    expect(await ask(path, 'W/"else"')).toMatchObject({ status: 200 });
  },
);

it('a list is another as soon as a job in it is', async () => {
  const { headers } = await api.request('GET', '/jobs');
  await api.request('POST', '/jobs', { body: { jobId: randomUUID() } });
  const again = await ask('/jobs', headers.ETag);
  expect(again).toMatchObject({ status: 200, body: { jobs: [{ state: 'Registered' }] } });
  expect(again.headers.ETag).not.toBe(headers.ETag);
});

it('what is refused, and what says that somebody has to act, has no tag', async () => {
  for (const path of ['/health', '/jobs?limit=0', '/nowhere']) {
    const [name = '', query = ''] = path.split('?');
    const { headers } = await api.request('GET', name, { query });
    expect(headers).not.toHaveProperty('ETag');
  }
});

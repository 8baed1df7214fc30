import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { type HttpAnswer, mustBeDocumented } from '../support/contract.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PROBLEM: HttpAnswer = {
  status: 404,
  headers: { 'Content-Type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404 }),
};
const JOB = '/jobs/40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

describe('an answer that the document does not tell of', () => {
  it.each<[string, Partial<HttpAnswer>]>([
    ['status', { status: 418 }],
    ['media type', { headers: { 'Content-Type': 'application/json' } }],
    ['header', { headers: { ...PROBLEM.headers, 'X-Planted': '1' } }],
    ['field', { body: '{"type":"about:blank","title":"","status":404,"planted":1}' }],
    ['missing field', { body: '{"type":"about:blank","title":""}' }],
    ['value', { body: '{"type":"about:blank","title":"","status":"404"}' }],
    ['missing body', { body: '' }],
  ])('is found out by its %s', (_, planted) => {
    expect(() => mustBeDocumented('GET', JOB, PROBLEM)).not.toThrow();
    expect(() => mustBeDocumented('GET', JOB, { ...PROBLEM, ...planted })).toThrow(
      'docs/openapi.json tells of no such answer',
    );
  });

  it('is found out by a header that it lacks', () => {
    const refused = { ...PROBLEM, status: 405 };
    expect(() => mustBeDocumented('PUT', JOB, refused)).toThrow('No header Allow.');
  });

  it('fails whatever test gets it from the API', async () => {
    const planted = {
      ...firstCheckpoint(api.clock.now, 60),
      pendingSeen: 'planted',
    } as unknown as Checkpoint;
    const checkpoints = { ...api.ports.checkpoints, read: async () => planted };
    const request = api.request('GET', '/health', { ports: { checkpoints } });
    await expect(request).rejects.toThrow('docs/openapi.json tells of no such answer');
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestRequest } from '../support/api-event.ts';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

describe('a body that cannot be read', () => {
  it.each<[string, number, TestRequest]>([
    ['is missing', 400, {}],
    ['is empty', 400, { body: '' }],
    ['is no JSON', 400, { body: '{"jobId": ' }],
    ['is JSON with something behind it', 400, { body: `{"jobId":"${JOB_ID}"} x` }],
    ['is nested too deep to parse', 400, { body: '['.repeat(60_000) }],
    ['reaches for the prototype', 400, { body: `{"jobId":"${JOB_ID}","__proto__":{"a":1}}` }],
    [
      'reaches for the prototype of a constructor',
      400,
      { body: `{"jobId":"${JOB_ID}","constructor":{"prototype":{}}}` },
    ],
    ['is no base64 though it says so', 400, { body: '%%%', isBase64Encoded: true }],
    [
      'is no UTF-8',
      400,
      { body: Buffer.from([0x22, 0xff]).toString('base64'), isBase64Encoded: true },
    ],
    [
      'is a form',
      415,
      { body: 'jobId=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    [
      'only looks like JSON by its type',
      415,
      { body: '{}', headers: { 'content-type': 'application/jsonp' } },
    ],
    ['is larger than 64 KiB', 413, { body: `"${'x'.repeat(65_535)}"` }],
    ['is larger than 64 KiB in UTF-8', 413, { body: `"${'ü'.repeat(33_000)}"` }],
    [
      'is larger than 64 KiB once decoded',
      413,
      { body: Buffer.alloc(65_537, ' ').toString('base64'), isBase64Encoded: true },
    ],
  ])('is refused when it %s', async (_, status, request) => {
    const answer = await refused(api, 'POST', '/jobs', request);
    expect(answer).toMatchObject({ status, body: { detail: expect.any(String) } });
  });

  it.each(['application/json ; charset=utf-8', 'Application/JSON\t;', 'application/ld+json'])(
    'is read when it is said to be %s',
    async (type) => {
      const body = JSON.stringify({ jobId: randomUUID() });
      const headers = { 'content-type': type };
      expect((await api.request('POST', '/jobs', { body, headers })).status).toBe(201);
    },
  );

  it('is measured after decoding: 64 KiB of JSON are read in base64 too', async () => {
    const text = JSON.stringify({ jobId: randomUUID() }).padEnd(65_536);
    const body = Buffer.from(text).toString('base64');
    const answer = await api.request('POST', '/jobs', { body, isBase64Encoded: true });
    expect(answer.status).toBe(201);
  });
});

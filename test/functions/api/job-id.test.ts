import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refused } from './support/refused.ts';
import { startTestApi, type TestApi } from './support/test-api.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

describe('a job id in the path that is no UUID', () => {
  it.each(['GET', 'DELETE'])('is refused by %s', async (method) => {
    for (const id of [
      '1',
      `${JOB_ID}x`,
      '..',
      '%2e%2e',
      `${JOB_ID}%2Flogs`,
      '__proto__',
      '☃',
      '\n',
    ]) {
      expect(await refused(api, method, `/jobs/${id}`)).toMatchObject({
        status: 400,
        body: { errors: [{ parameter: 'jobId', detail: 'must be a UUID' }] },
      });
    }
  });
});

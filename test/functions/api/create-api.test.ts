import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JobsUnread } from '../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { firstCheckpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { anyRequest } from '../../fuzz/requests.ts';
import { refused } from './support/refused.ts';
import { startTestApi, type TestApi } from './support/test-api.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

describe('a route that is not there', () => {
  it.each(['/', '/job', '/jobs/a/b', '//jobs', '/healthz', '/__proto__', '/JOBS'])(
    'is a 404: %s',
    async (path) => {
      expect((await refused(api, 'GET', path)).status).toBe(404);
    },
  );

  it.each([
    ['PUT', '/jobs', 'POST, GET'],
    ['HEAD', '/jobs', 'POST, GET'],
    ['DELETE', '/jobs/', 'POST, GET'],
    ['POST', `/jobs/${JOB_ID}`, 'GET, PATCH, DELETE'],
    ['POST', '/health', 'GET'],
    ['OPTIONS', '/health', 'GET'],
    ['TRACE', '/health', 'GET'],
    ['__proto__', '/health', 'GET'],
  ])('is a 405 that says what is, for %s %s', async (method, path, allow) => {
    const answer = await refused(api, method, path);
    expect(answer).toMatchObject({ status: 405, headers: { Allow: allow } });
  });
});

describe('every answer', () => {
  it('is JSON that nobody stores, with the headers of a careful server', async () => {
    const answers = [
      await api.request('GET', '/jobs'),
      await api.request('GET', '/health'),
      await api.request('POST', '/jobs', { body: { jobId: randomUUID() } }),
      await api.request('POST', '/jobs', { body: {} }),
      await api.request('GET', '/nowhere'),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'Content-Type': expect.stringMatching(/^application\/(problem\+)?json$/),
        'Cache-Control': expect.stringMatching(/^(no-store|private, no-cache)$/),
        'Content-Security-Policy': expect.stringContaining("default-src 'none'"),
        'Strict-Transport-Security': expect.stringContaining('max-age='),
        'X-Content-Type-Options': 'nosniff',
        'X-Frame-Options': 'DENY',
      });
    }
  });

  it('is no 5xx on real engines either, whatever is sent', async () => {
    const now = api.clock.now;
    await api.ports.checkpoints.write({
      ...firstCheckpoint(now, 60),
      version: 1,
      lastSweepAt: now,
    });
    await fc.assert(
      fc.asyncProperty(anyRequest, async ({ method, path, ...request }) => {
        const answer = await api.request(method, path, request);
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a fault of ours', () => {
  const FAULT = new Error('The table Jobs of account 123456789012 is on fire');
  const ports = {
    get jobs() {
      return { ...api.ports.jobs, get: () => Promise.reject(FAULT) };
    },
  };

  it('is a 500 that tells the caller nothing of it', async () => {
    const answer = await api.request('GET', `/jobs/${JOB_ID}`, { ports });
    expect(answer.status).toBe(500);
    expect(answer.headers['Content-Type']).toBe('application/problem+json');
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
    });
  });

  it('is a 503 that asks to try again when DynamoDB is too busy for a page of jobs', async () => {
    const unread = new JobsUnread();
    const busy = { jobs: { ...api.ports.jobs, listPage: () => Promise.reject(unread) } };
    const answer = await api.request('GET', '/jobs', { ports: busy });
    expect(answer).toMatchObject({ status: 503, body: { detail: unread.message } });
  });

  it('is logged with all there is', async () => {
    await api.request('GET', `/jobs/${JOB_ID}`, { ports });
    expect(api.logged).toEqual([
      { message: 'A request failed', facts: { error: FAULT } },
      expect.objectContaining({ message: 'Answered a request' }),
    ]);
  });
});

describe('the log', () => {
  it('tells how each request went, and never what was in it', async () => {
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
    await api.request('POST', '/jobs', { body: { jobId: 'secret' }, headers });
    await api.request('GET', `/jobs/${JOB_ID}`, { headers });
    expect(api.logged).toEqual([
      { message: 'Answered a request', facts: { method: 'POST', path: '/jobs', status: 400 } },
      {
        message: 'Answered a request',
        facts: { method: 'GET', path: `/jobs/${JOB_ID}`, status: 404 },
      },
    ]);
  });
});

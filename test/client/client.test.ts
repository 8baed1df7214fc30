import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import {
  createClient,
  type Health,
  type Job,
  type Problem,
  type Registration,
} from 'extraction-monitor/client';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { createApi } from '../../functions/api/create-api.ts';
import { type Gateway, startGateway } from '../../local/gateway/server.ts';
import { checkedFetch } from '../functions/api/support/contract.ts';
import { ITWIN_API_URL, startTestApi, type TestApi } from '../functions/api/support/test-api.ts';

let api: TestApi;
let gateway: Gateway;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  api = await startTestApi();
  const handler = createApi(api.ports, {
    admittedCallers: undefined,
    remindAfterMinutes: 0,
    apiUrl: ITWIN_API_URL,
  });
  gateway = await startGateway({
    port: 0,
    invoke: (event) => handler(event, {} as Context),
    routeKeys: ['POST /jobs/batch'],
  });
  client = createClient({ baseUrl: gateway.url, fetch: checkedFetch });
});
afterAll(async () => {
  await gateway.close();
  await api.close();
});

describe('the client that is generated from the OpenAPI document', () => {
  const jobId = randomUUID();
  const params = { path: { jobId } };

  it('registers a job, and reads it back', async () => {
    const { data, response } = await client.POST('/jobs', { body: { jobId, label: 'Tower B' } });
    expect(response.status).toBe(201);
    expect(data).toMatchObject({ jobId, state: 'Registered' });
    expectTypeOf(data).toEqualTypeOf<Job | undefined>();

    const found = await client.GET('/jobs/{jobId}', { params });
    const { ignored, ...job } = data ?? {};
    expect(ignored).toEqual([]);
    expect(found.data).toEqual({ ...job, lastCheckedAt: null });
  });

  it('registers jobs by the hundred', async () => {
    const { data } = await client.POST('/jobs/batch', {
      body: { jobs: [{ jobId }, { jobId: 'run-7' }] },
    });
    const [known, refused] = data?.results ?? [];
    expect(known).toMatchObject({ status: 200, job: { label: 'Tower B' } });
    expect(refused && 'problem' in refused && refused.problem.status).toBe(400);
  });

  it('asks whether a job has changed', async () => {
    const { response } = await client.GET('/jobs/{jobId}', { params });
    const header = { 'If-None-Match': response.headers.get('etag') ?? '' };
    const again = await client.GET('/jobs/{jobId}', { params: { ...params, header } });
    expect(again.response.status).toBe(304);
  });

  it('lists and cancels jobs', async () => {
    const list = await client.GET('/jobs', { params: { query: { limit: 5 } } });
    expect(list.data?.jobs.map((job) => job.jobId)).toEqual([jobId]);
    const { data } = await client.DELETE('/jobs/{jobId}', { params });
    expect(data?.state).toBe('Cancelled');
  });

  it('tells what is wrong with a request', async () => {
    const { error } = await client.POST('/jobs', { body: { jobId: 'run-7' } });
    expect(error).toMatchObject({ status: 400, errors: [{ pointer: '/jobId' }] });
    const unknown = await client.GET('/jobs/{jobId}', {
      params: { path: { jobId: randomUUID() } },
    });
    expect(unknown.error).toMatchObject({ status: 404 });
  });

  it('tells how the monitor is, and what the API is', async () => {
    const { error } = await client.GET('/health');
    expect(error).toMatchObject({ status: 'Failing' });
    const { data } = await client.GET('/openapi.json');
    expect(data?.openapi).toBe('3.1.1');
  });

  it('is typed by the document', () => {
    expectTypeOf<Registration>().toExtend<{ timeoutMinutes?: number }>();
    expectTypeOf<{ jobId: number }>().not.toExtend<Registration>();
    expectTypeOf<Problem['status']>().toEqualTypeOf<number>();
    expectTypeOf<Health['status']>().toEqualTypeOf<'Ok' | 'Degraded' | 'Failing'>();
  });
});

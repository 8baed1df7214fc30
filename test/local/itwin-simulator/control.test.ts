import { describe, expect, test } from 'vitest';
import {
  ask,
  extractionsUrl,
  IMODEL_ID,
  JOB_ID,
  simulate,
  stateOf,
  statusUrl,
} from './simulate.ts';

const send = (method: string, url: string, body?: string) =>
  fetch(url, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
  });

describe('a person with curl', () => {
  test('adds a run by script', async () => {
    const simulator = await simulate();
    const script = { jobId: JOB_ID, steps: [{ answer: { state: 'Running' }, forMs: 60_000 }] };

    const response = await send('POST', `${simulator.url}/simulator/runs`, JSON.stringify(script));

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(statusUrl(simulator));
    expect(await response.json()).toEqual({ jobId: JOB_ID });
    expect(await stateOf(simulator)).toBe('Running');
  });

  test('adds a run by scenario, and gets a job id for it', async () => {
    const simulator = await simulate();

    const response = await send(
      'POST',
      `${simulator.url}/simulator/runs`,
      '{"scenario":"staysRunning","scale":100}',
    );

    const { jobId } = (await response.json()) as { jobId: string };
    expect(await stateOf(simulator, jobId)).toBe('Queued');
  });

  test('adds an iModel and a run of it, and scripts its list', async () => {
    const simulator = await simulate();
    const control = `${simulator.url}/simulator`;
    const list = async () => (await ask(extractionsUrl(simulator))).status;

    const iModel = JSON.stringify({ id: IMODEL_ID.toUpperCase(), displayName: 'Harbour' });
    const added = await send('POST', `${control}/imodels`, iModel);
    expect(added.status).toBe(201);
    expect(await added.json()).toEqual({ iModelId: IMODEL_ID });
    expect((await ask(String(added.headers.get('location')))).status).toBe(200);

    const kinds = ['grouping-and-mapping-extraction'];
    const run = JSON.stringify({ iModelId: IMODEL_ID, kinds, scenario: 'fails' });
    const begun = await send('POST', `${control}/runs`, run);
    expect((await ask(String(begun.headers.get('location')))).status).toBe(200);

    const steps = [{ answer: { kind: 'error', status: 503 }, forRequests: 1 }];
    await send('PUT', `${control}/lists`, JSON.stringify({ iModelId: IMODEL_ID, steps }));
    expect(await list()).toBe(503);
    await send('PUT', `${control}/lists`, JSON.stringify({ iModelId: IMODEL_ID, steps: [] }));
    expect(await list()).toBe(200);
  });

  test('overrides every answer, and lifts the override', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });
    const url = `${simulator.url}/simulator/override`;

    const put = await send('PUT', url, '{"kind":"error","status":503}');
    expect(await put.json()).toEqual({ override: { kind: 'error', status: 503 } });
    expect((await ask(statusUrl(simulator))).status).toBe(503);

    const lifted = await send('DELETE', url);
    expect(await lifted.json()).toEqual({ override: null });
    expect(await stateOf(simulator)).toBe('Running');
  });

  test('overrides the answers of the token endpoint, and lifts that override', async () => {
    const simulator = await simulate();
    const url = `${simulator.url}/simulator/tokens`;
    const tokenStatus = async () => (await fetch(simulator.tokenUrl, { method: 'POST' })).status;

    const put = await send('PUT', url, '{"kind":"error","status":503}');
    expect(await put.json()).toEqual({ tokens: { kind: 'error', status: 503 } });
    expect(await tokenStatus()).toBe(503);

    const lifted = await send('DELETE', url);
    expect(await lifted.json()).toEqual({ tokens: null });
    expect(await tokenStatus()).toBe(400);
  });

  test('sees the runs, the override and how to use the simulator', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });
    simulator.override({ kind: 'hang' });

    const overview = await (await send('GET', `${simulator.url}/simulator`)).json();

    expect(overview).toMatchObject({
      scenarios: expect.arrayContaining(['succeeds', 'fails']),
      override: { kind: 'hang' },
      tokens: null,
      runs: [{ jobId: JOB_ID, answer: { state: 'Running' } }],
    });
  });

  test('can do everything that the overview says, as it says it', async () => {
    const simulator = await simulate();
    const overview = await send('GET', `${simulator.url}/simulator`);
    const { usage } = (await overview.json()) as { usage: { request: string; body?: unknown }[] };

    const statuses = [];
    for (const { request, body } of usage) {
      const [method = '', url = ''] = request.split(' ');
      statuses.push((await send(method, url, body ? JSON.stringify(body) : undefined)).status);
    }

    expect(statuses).toEqual([201, 201, 201, 201, 200, 200, 200, 200, 200, 200, 200]);
  });
});

describe('a mistake is answered with what is wrong', () => {
  test.each([
    ['', 'expected object'],
    ['{"steps":', 'JSON'],
    ['{"steps":[]}', 'steps'],
    ['{"scenario":"explodes"}', 'succeedsWithIssues'],
    ['{"scenario":"fails","scale":0}', 'scale'],
    ['{"jobId":"7","scenario":"fails"}', 'jobId'],
    ['{"steps":[{"answer":{"state":"Running"},"forMin":3}]}', 'forMin'],
    ['{"steps":[{"answer":{"kind":"explode"}}]}', 'steps[0].answer.kind'],
  ])('in the run %s', async (body, hint) => {
    const simulator = await simulate();

    const response = await send('POST', `${simulator.url}/simulator/runs`, body);

    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toContain(hint);
  });

  test.each([
    ['imodels', '{"displayName":7}', 'displayName'],
    ['imodels', '{"displayName":"x","automaticRuns":[{"run":{"scenario":"fails"}}]}', 'afterMs'],
    ['lists', `{"iModelId":"${IMODEL_ID}","steps":[{"answer":{"pageSize":3}}]}`, 'pageSize'],
    ['lists', `{"iModelId":"${IMODEL_ID}","steps":[{"answer":{"pageSizes":[]}}]}`, 'pageSizes'],
    ['lists', '{"steps":[]}', 'iModelId'],
  ])('in what is sent to %s: %s', async (route, body, hint) => {
    const simulator = await simulate();
    const method = route === 'lists' ? 'PUT' : 'POST';

    const response = await send(method, `${simulator.url}/simulator/${route}`, body);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(hint);
  });

  test('in the override, which stays as it was', async () => {
    const simulator = await simulate();
    simulator.override({ state: 'Running' });

    const response = await send('PUT', `${simulator.url}/simulator/override`, '{"status":500}');

    expect(response.status).toBe(400);
    expect(await stateOf(simulator)).toBe('Running');
  });

  test('in the path', async () => {
    const simulator = await simulate();

    const response = await send('PUT', `${simulator.url}/simulator/runs`, '{}');

    expect(response.status).toBe(404);
    expect(await response.text()).toContain(`GET ${simulator.url}/simulator`);
  });
});

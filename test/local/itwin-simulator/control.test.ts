import { describe, expect, test } from 'vitest';
import { ask, JOB_ID, simulate, stateOf, statusUrl } from './simulate.ts';

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

  test('sees the runs, the override and how to use the simulator', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });
    simulator.override({ kind: 'hang' });

    const overview = await (await send('GET', `${simulator.url}/simulator`)).json();

    expect(overview).toMatchObject({
      scenarios: expect.arrayContaining(['succeeds', 'fails']),
      override: { kind: 'hang' },
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

    expect(statuses).toEqual([201, 201, 201, 200, 200]);
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

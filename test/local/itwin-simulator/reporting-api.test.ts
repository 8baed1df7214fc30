import { describe, expect, test } from 'vitest';
import { ACCESS_TOKEN, ask, JOB_ID, simulate, stateOf, statusUrl } from './simulate.ts';

const HEADER_NOT_FOUND = {
  error: {
    code: 'HeaderNotFound',
    message: 'Header Authorization was not found in the request. Access denied.',
  },
};

const EXTRACTION_STATUS_NOT_FOUND = {
  error: {
    code: 'ExtractionStatusNotFound',
    message: 'Requested ExtractionStatus is not available.',
    target: 'jobId',
  },
};

const TOO_MANY_REQUESTS = {
  error: {
    code: 'TooManyRequests',
    message: 'More requests were received than the subscription rate-limit allows.',
  },
};

describe('the status of a run', () => {
  test.each([
    { state: 'Queued', reason: 'Waiting', containsIssues: false },
    { state: 'Running', reason: 'Not completed yet.', containsIssues: false },
    { state: 'Running', reason: 'Not completed yet.', containsIssues: true },
    { state: 'Succeeded', reason: 'Completed', containsIssues: false },
    { state: 'Succeeded', reason: 'Completed', containsIssues: true },
    { state: 'PartiallySucceeded', reason: 'Partly', containsIssues: true },
    { state: 'Failed', reason: 'Broken group', containsIssues: false },
    { state: 'Failed', reason: 'Broken group', containsIssues: true },
    { state: 'AWordOfTomorrow', reason: 'Unheard of', containsIssues: false },
  ])('is the documented body: $state, issues $containsIssues', async (answer) => {
    const simulator = await simulate();
    simulator.addRun({ jobId: JOB_ID, steps: [{ answer }] });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(
      JSON.stringify({
        status: {
          ...answer,
          _links: {
            logs: {
              href: `${simulator.url}/insights/reporting/datasources/extraction/status/${JOB_ID}/logs`,
            },
          },
        },
      }),
    );
  });

  test('comes with the headers of the platform, and a new correlation id each time', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });

    const [one, other] = [await ask(statusUrl(simulator)), await ask(statusUrl(simulator))];

    expect(Object.fromEntries(one.headers)).toMatchObject({
      'x-correlation-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-itwinplatform-media-type': 'bentley.itwin-platform.v1',
      'x-itwinplatform-region': expect.any(String),
      tier: expect.any(String),
      'request-context': expect.stringMatching(/^appId=/),
    });
    expect(one.headers.get('x-correlation-id')).not.toBe(other.headers.get('x-correlation-id'));
  });

  test('can lack its optional fields, or have them of another type', async () => {
    const simulator = await simulate();
    const put = { containsIssues: 'true', reason: 7, progress: null };
    simulator.setRun(JOB_ID, { state: 'Failed', put, omit: ['_links'], logs: [{}] });

    const { status } = (await (await ask(statusUrl(simulator))).json()) as { status: object };
    const logs = (await (await ask(`${statusUrl(simulator)}/logs`)).json()) as { logs: object[] };

    expect(status).toEqual({ state: 'Failed', ...put });
    expect(logs.logs).toHaveLength(1);
  });

  test('has no reason and no issues when the run names none', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });

    const { status } = (await (await ask(statusUrl(simulator))).json()) as { status: object };

    expect(status).toEqual({
      state: 'Running',
      containsIssues: false,
      _links: { logs: { href: `${statusUrl(simulator)}/logs` } },
    });
  });

  test('is found by the job id in any case', async () => {
    const simulator = await simulate();

    const jobId = simulator.addRun({
      jobId: JOB_ID.toUpperCase(),
      steps: [{ answer: { state: 'Running' } }],
    });

    expect(jobId).toBe(JOB_ID);
    expect(await stateOf(simulator, JOB_ID.toUpperCase())).toBe('Running');
    expect(await stateOf(simulator, JOB_ID)).toBe('Running');
  });

  test('follows the steps of the script by the clock', async () => {
    let time = 0;
    const simulator = await simulate({ now: () => time });
    const jobId = simulator.addRun({
      steps: [
        { answer: { state: 'Queued' }, forMs: 1_000 },
        { answer: { state: 'Running' }, forMs: 5_000 },
        { answer: { state: 'Succeeded' } },
      ],
    });

    expect(await stateOf(simulator, jobId)).toBe('Queued');
    time = 1_000;
    expect(await stateOf(simulator, jobId)).toBe('Running');
    time = 6_000;
    expect(await stateOf(simulator, jobId)).toBe('Succeeded');
    time = 1_000_000;
    expect(await stateOf(simulator, jobId)).toBe('Succeeded');
  });

  test('follows the steps of the script by requests, where requests for logs do not count', async () => {
    const simulator = await simulate();
    const jobId = simulator.addRun({
      steps: [
        { answer: { state: 'Queued' }, forRequests: 2 },
        { answer: { state: 'Running' }, forRequests: 1 },
        { answer: { state: 'Failed' } },
      ],
    });

    const states = [];
    for (let request = 0; request < 5; request += 1) {
      await ask(`${statusUrl(simulator, jobId)}/logs`);
      states.push(await stateOf(simulator, jobId));
    }

    expect(states).toEqual(['Queued', 'Queued', 'Running', 'Failed', 'Failed']);
  });

  test('can be changed at any time', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });
    expect(await stateOf(simulator)).toBe('Running');

    simulator.setRun(JOB_ID, { state: 'Failed' });
    expect(await stateOf(simulator)).toBe('Failed');

    simulator.setRun(JOB_ID, { kind: 'error', status: 404 });
    expect((await ask(statusUrl(simulator))).status).toBe(404);
  });
});

describe('a request is refused', () => {
  test('with 401 HeaderNotFound when it has no Authorization header', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });

    const response = await fetch(statusUrl(simulator));

    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(JSON.stringify(HEADER_NOT_FOUND));
  });

  test.each(['Bearer', 'Bearer wrong', `Basic ${ACCESS_TOKEN}`])(
    'with 401 Unauthorized when its Authorization is «%s»',
    async (authorization) => {
      const simulator = await simulate();
      simulator.setRun(JOB_ID, { state: 'Running' });

      const response = await fetch(statusUrl(simulator), { headers: { authorization } });

      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: 'Unauthorized' } });
    },
  );

  test('with 404 ExtractionStatusNotFound when nobody added the run', async () => {
    const simulator = await simulate();

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(JSON.stringify(EXTRACTION_STATUS_NOT_FOUND));
  });

  test('with 429 TooManyRequests above the rate limit, until the minute is over', async () => {
    let time = 0;
    const simulator = await simulate({ now: () => time });
    simulator.setRun(JOB_ID, { state: 'Running' });
    simulator.limitRate(2);

    await ask(statusUrl(simulator));
    time = 12_500;
    await ask(statusUrl(simulator));
    const refused = await ask(statusUrl(simulator));

    expect(refused.status).toBe(429);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '48',
      'itwinplatform-ratelimit-remainingcalls': '0',
      'itwinplatform-ratelimit-retry-after-seconds': '48',
    });
    expect(await refused.text()).toBe(JSON.stringify(TOO_MANY_REQUESTS));
    time = 60_000;
    expect((await ask(statusUrl(simulator))).status).toBe(200);
  });

  test('for its rate only from when the limit is set until it is lifted', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });
    const statuses: number[] = [];
    const request = async () => statuses.push((await ask(statusUrl(simulator))).status);

    await request();
    simulator.limitRate(1);
    await request();
    await request();
    simulator.limitRate(undefined);
    await request();

    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  test('with 405 when it is no GET, and with 404 at a path upstream does not have', async () => {
    const simulator = await simulate();

    const posted = await fetch(statusUrl(simulator), { method: 'POST' });
    const elsewhere = await ask(`${simulator.url}/insights`);

    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET');
    expect(elsewhere.status).toBe(404);
    expect(await elsewhere.json()).toEqual({ statusCode: 404, message: 'Resource not found' });
  });
});

describe('the override', () => {
  test.each([401, 403, 404, 429, 500, 503])('answers everything with %i', async (status) => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });

    simulator.override({ kind: 'error', status });

    expect((await ask(statusUrl(simulator))).status).toBe(status);
    expect((await fetch(statusUrl(simulator))).status).toBe(status);
    expect((await ask(`${statusUrl(simulator)}/logs`)).status).toBe(status);
  });

  test('answers for runs that nobody added', async () => {
    const simulator = await simulate();

    simulator.override({ state: 'Running' });

    expect(await stateOf(simulator)).toBe('Running');
  });

  test('leaves every run as it was when it is lifted', async () => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Running' });
    simulator.override({ kind: 'error', status: 500 });

    simulator.override(undefined);

    expect(await stateOf(simulator)).toBe('Running');
  });
});

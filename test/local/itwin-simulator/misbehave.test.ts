import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../local/itwin-simulator/script.ts';
import { ask, JOB_ID, simulate, stateOf, statusUrl } from './simulate.ts';

async function answering(answer: Answer) {
  const simulator = await simulate();
  simulator.setRun(JOB_ID, answer);
  return simulator;
}

describe('a run can answer', () => {
  test.each([
    [401, 'Unauthorized'],
    [403, 'InsufficientPermissions'],
    [404, 'ExtractionStatusNotFound'],
    [429, 'TooManyRequests'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ])('an error: %i %s', async (status, code) => {
    const simulator = await answering({ kind: 'error', status });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  test.each([
    [30, '30'],
    ['Wed, 21 Oct 2037 07:28:00 GMT', 'Wed, 21 Oct 2037 07:28:00 GMT'],
    [undefined, null],
  ])('429 with retry-after %s', async (retryAfter, header) => {
    const simulator = await answering({ kind: 'tooManyRequests', retryAfter });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe(header);
    expect(await response.json()).toMatchObject({ error: { code: 'TooManyRequests' } });
  });

  test('a redirect', async () => {
    const simulator = await answering({ kind: 'redirect', location: 'http://127.0.0.1:1/' });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('http://127.0.0.1:1/');
  });

  test('JSON that is cut off', async () => {
    const simulator = await answering({ kind: 'brokenJson' });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  test('JSON of another shape', async () => {
    const simulator = await answering({ kind: 'wrongShape' });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty('status');
  });

  test('a body as huge as it likes, without saying so in advance', async () => {
    const simulator = await answering({ kind: 'hugeBody', bytes: 1_000_000 });

    const response = await ask(statusUrl(simulator));

    expect(response.headers.get('content-length')).toBeNull();
    const body = (await response.json()) as { status: { reason: string } };
    expect(body.status.reason).toHaveLength(1_000_000);
  });

  test('anything at all', async () => {
    const simulator = await answering({
      kind: 'raw',
      status: 502,
      headers: { 'content-type': 'text/html', 'x-cache': 'miss' },
      body: '<h1>Bad Gateway</h1>',
    });

    const response = await ask(statusUrl(simulator));

    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('x-cache')).toBe('miss');
    expect(await response.text()).toBe('<h1>Bad Gateway</h1>');
  });

  test('a connection that is reset', async () => {
    const simulator = await answering({ kind: 'reset' });

    await expect(ask(statusUrl(simulator))).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
  });
});

describe('a run can keep its client waiting', () => {
  test('for so many milliseconds, and answer then', async () => {
    const simulator = await answering({ state: 'Running', delayMs: 20 });
    expect(await stateOf(simulator)).toBe('Running');

    simulator.setRun(JOB_ID, { kind: 'error', status: 503, delayMs: 20 });
    expect((await ask(statusUrl(simulator))).status).toBe(503);
  });

  test.each<Answer>([{ kind: 'hang' }, { state: 'Running', delayMs: 3_600_000 }])(
    'without any answer until the simulator closes: %o',
    async (answer) => {
      const simulator = await answering(answer);

      const response = ask(statusUrl(simulator));
      const lost = expect(response).rejects.toThrow('fetch failed');
      await expect.poll(() => simulator.requests.list('status')).toHaveLength(1);
      await simulator.close();

      await lost;
    },
  );

  test('in the middle of a body until the simulator closes', async () => {
    const simulator = await answering({ kind: 'stall' });

    const response = await ask(statusUrl(simulator));
    const lost = expect(response.text()).rejects.toThrow('terminated');
    await simulator.close();

    expect(response.status).toBe(200);
    await lost;
  });
});

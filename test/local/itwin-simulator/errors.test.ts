import { describe, expect, test } from 'vitest';
import type { Misbehaviour } from '../../../local/itwin-simulator/script.ts';
import { ask, JOB_ID, simulate, statusUrl } from './simulate.ts';

const NOW = Date.UTC(2026, 10, 8, 8, 49, 36, 500);

async function answerOf(answer: Misbehaviour, endpoint = '') {
  const simulator = await simulate({ now: () => NOW });
  simulator.setRun(JOB_ID, answer);
  return await ask(statusUrl(simulator) + endpoint);
}

describe('an error of the platform', () => {
  test.each([
    ['', 401, 'Unauthorized'],
    ['', 403, 'InsufficientPermissions'],
    ['', 404, 'ExtractionStatusNotFound'],
    ['/logs', 404, 'ExtractionLogNotFound'],
    ['', 422, 'InvalidInsightsRequest'],
    ['', 429, 'TooManyRequests'],
    ['', 500, 'InternalServerError'],
    ['', 524, 'ATimeoutOccurred'],
  ])('at «%s» with %i has the code %s and its own words', async (endpoint, status, code) => {
    const response = await answerOf({ kind: 'error', status }, endpoint);

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-correlation-id')).not.toBeNull();
    expect(await response.json()).toEqual({
      error: {
        code,
        message: expect.stringMatching(/\.$/),
        ...(status === 404 && { target: 'jobId' }),
        ...(status === 422 && {
          details: [{ code: 'InvalidParameter', message: expect.any(String) }],
        }),
      },
    });
  });

  test.each([
    [401, 'HeaderNotFound'],
    [429, 'RateLimitExceeded'],
    [403, 'ACodeOfTomorrow'],
  ])('with %i can have the code %s', async (status, code) => {
    const response = await answerOf({ kind: 'error', status, code });

    expect(await response.json()).toMatchObject({ error: { code } });
  });

  test('can name an unknown client in its details', async () => {
    const message = 'Access denied due to invalid client.';
    const details = [{ code: 'UnknownClient', message: 'Client was not registered.' }];
    const response = await answerOf({ kind: 'error', status: 401, message, details });

    expect(await response.json()).toEqual({ error: { code: 'Unauthorized', message, details } });
  });
});

describe('an error of the gateway', () => {
  test.each([
    [401, undefined, 'Invalid JWT.'],
    [403, undefined, 'Out of call volume quota.'],
    [403, 754, 'Out of call volume quota. Quota will be replenished in 00:12:34.'],
    [403, 90_061, 'Out of call volume quota. Quota will be replenished in 1.01:01:01.'],
    [429, 26, 'Rate limit is exceeded. Try again in 26 seconds.'],
    [503, undefined, 'Service Unavailable'],
  ])('with %i, and %s seconds to wait, has no wrapper', async (status, retryAfter, message) => {
    const answer = { kind: 'error', form: 'gateway', status, retryAfter } as const;
    const response = await answerOf(answer);

    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter ? String(retryAfter) : null);
    expect(response.headers.get('x-correlation-id')).not.toBeNull();
    expect(response.headers.get('itwinplatform-ratelimit-remainingcalls')).toBeNull();
    expect(await response.json()).toEqual({ statusCode: status, message });
  });
});

describe('an error that nobody documents', () => {
  test.each([502, 521, 522, 524])('is a web page of the CDN with %i', async (status) => {
    const response = await answerOf({ kind: 'error', form: 'html', status, gzip: true });

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('x-correlation-id')).toBeNull();
    expect(await response.text()).toMatch(new RegExp(`<h1>${status} \\w`));
  });

  test('is a plain text of a service', async () => {
    const response = await answerOf({ kind: 'error', form: 'text', status: 500 });

    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('x-correlation-id')).not.toBeNull();
    expect(await response.text()).toBe('Internal Server Error.');
  });
});

describe('retry-after', () => {
  test.each([
    [600, '600'],
    ['wait 5', 'wait 5'],
    [{ inSeconds: 60, as: 'IMF-fixdate' }, 'Sun, 08 Nov 2026 08:50:37 GMT'],
    [{ inSeconds: 60, as: 'rfc850-date' }, 'Sunday, 08-Nov-26 08:50:37 GMT'],
    [{ inSeconds: 60, as: 'asctime-date' }, 'Sun Nov  8 08:50:37 2026'],
    [{ inSeconds: 345_600, as: 'asctime-date' }, 'Thu Nov 12 08:49:37 2026'],
    [{ inSeconds: -1, as: 'IMF-fixdate' }, 'Sun, 08 Nov 2026 08:49:36 GMT'],
  ] as const)('of %o is «%s», with any error', async (retryAfter, header) => {
    for (const status of [403, 429, 503]) {
      const response = await answerOf({ kind: 'error', status, retryAfter });

      expect(response.headers.get('retry-after')).toBe(header);
    }
  });

  test('as a date is told in seconds by the headers of the rate limit', async () => {
    const retryAfter = { inSeconds: 60, as: 'asctime-date' } as const;
    const response = await answerOf({ kind: 'tooManyRequests', retryAfter });

    expect(response.headers.get('itwinplatform-ratelimit-retry-after-seconds')).toBe('61');
  });
});

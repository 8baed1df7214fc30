import type { RequestListener } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createStatusEndpoint } from '../../../../functions/adapters/itwin/endpoints.ts';
import { ANSWER_TIME, InvalidJobId } from '../../../../functions/adapters/itwin/http.ts';
import { DroppedConnection } from '../../../../functions/core/errors.ts';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import type { StatusEndpoint } from '../../../../functions/core/ports.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const NOW = Date.UTC(2026, 0, 1);
const RUNNING = '{"status":{"state":"Running"}}';
const NEVER = new AbortController().signal;

let server: TestServer;
let endpoint: StatusEndpoint;
beforeEach(async () => {
  server = await startServer();
  endpoint = createStatusEndpoint({ apiUrl: server.url, now: () => NOW });
});
afterEach(() => server.stop());

function ask(): Promise<Answer> {
  return endpoint.ask({ jobId: JOB_ID }, 'secret-token', NEVER);
}

/** Answers every request so. */
function answerWith(status: number, body: string | Buffer = '', headers = {}): void {
  server.answer((_request, response) => response.writeHead(status, headers).end(body));
}

function failed(name: string, message: unknown = expect.any(String)) {
  return { kind: 'Failed', error: { name, message } };
}

describe('the request', () => {
  it('asks for the job by its id, with the token, the API version and the product in it', async () => {
    answerWith(200, RUNNING);
    await ask();
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: `/insights/reporting/datasources/extraction/status/${JOB_ID}`,
      headers: {
        authorization: 'Bearer secret-token',
        accept: 'application/vnd.bentley.itwin-platform.v1+json',
        'user-agent': 'extraction-monitor',
      },
    });
  });

  it('goes to the configured origin, whatever path is configured behind it', async () => {
    answerWith(200, RUNNING);
    const { ask } = createStatusEndpoint({ apiUrl: `${server.url}/v2?x=y`, now: () => NOW });
    await ask({ jobId: JOB_ID }, 'secret-token', NEVER);
    expect(server.requests[0]?.url).toMatch(/^\/insights\/reporting\//);
  });

  it('is never made for anything but a UUID', async () => {
    const asking = endpoint.ask({ jobId: '../../../admin' }, 'secret-token', NEVER);
    await expect(asking).rejects.toThrow(InvalidJobId);
    await expect(asking).rejects.toThrow(
      'A job must have the jobId of its kind (reporting-extraction): remove the item that has not from Jobs.',
    );
    expect(server.requests).toHaveLength(0);
  });

  it('is made for nothing that lacks what its kind is named by', async () => {
    const run = { jobId: '../admin', kind: 'synchronization-run' } as const;
    await expect(endpoint.ask(run, 'secret-token', NEVER)).rejects.toThrow(
      'A job must have the jobId and connectionId and connectionType of its kind (synchronization-run)',
    );
    expect(server.requests).toHaveLength(0);
  });
});

describe('a documented answer', () => {
  it('tells the state, and why, and whether there are issues, and where the logs are', async () => {
    const href = `${server.url}/insights/reporting/datasources/extraction/status/${JOB_ID}/logs`;
    const status = { state: 'Succeeded', reason: 'Completed', containsIssues: true };
    answerWith(200, JSON.stringify({ status: { ...status, _links: { logs: { href } } } }));
    expect(await ask()).toEqual({ kind: 'Status', ...status, logsUrl: href });
  });

  it('is understood when it comes compressed, though nobody asked for that', async () => {
    answerWith(200, gzipSync(RUNNING), { 'content-encoding': 'gzip' });
    expect(await ask()).toEqual({ kind: 'Status', state: 'Running' });
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('may be as long as 64 KiB, and not a byte longer', async () => {
    answerWith(200, RUNNING.padEnd(64 * 1024));
    expect(await ask()).toEqual({ kind: 'Status', state: 'Running' });
    answerWith(200, RUNNING.padEnd(64 * 1024 + 1));
    expect(await ask()).toEqual(failed('UnexpectedResponse', expect.stringContaining('64 KiB')));
  });
});

describe('an answer by status', () => {
  it.each([
    [401, { kind: 'Unauthorized' }],
    [403, { kind: 'Missing', status: 403 }],
    [404, { kind: 'Missing', status: 404 }],
    [500, failed('ServerError', 'The status endpoint answered 500.')],
    [503, failed('ServerError')],
    [599, failed('ServerError')],
    [600, failed('UnexpectedStatus')],
    [204, failed('UnexpectedStatus')],
    [304, failed('UnexpectedStatus')],
    [400, failed('UnexpectedStatus', 'The status endpoint answered 400, not 200.')],
    [422, failed('UnexpectedStatus')],
    [999, failed('UnexpectedStatus')],
  ])('%i counts whatever the body says', async (status, answer) => {
    answerWith(status, RUNNING);
    expect(await ask()).toEqual(answer);
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, NOW + 7_000],
    ['an HTTP date', { 'retry-after': new Date(NOW + 9_000).toUTCString() }, NOW + 9_000],
    ['nothing', {}, NOW + 60_000],
  ])('429 says when to come back by %s', async (_, headers, retryAt) => {
    answerWith(429, '', headers);
    expect(await ask()).toEqual({ kind: 'RateLimited', retryAt });
  });

  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    answerWith(status, '', { location: '/elsewhere' });
    expect(await ask()).toEqual(failed('UnexpectedStatus'));
    expect(server.requests).toHaveLength(1);
  });

  it('429 counts even when its body breaks off', async () => {
    server.answer(({ socket }, response) => {
      response.writeHead(429, { 'retry-after': '7' }).write('{', () => socket.destroy());
    });
    expect(await ask()).toEqual({ kind: 'RateLimited', retryAt: NOW + 7_000 });
  });

  it('429 counts even when its body never ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    // The endpoint looks at the clock when the head is there: the time for the rest is up then.
    const now = () => {
      setImmediate(() => vi.advanceTimersByTime(ANSWER_TIME));
      return NOW;
    };
    endpoint = createStatusEndpoint({ apiUrl: server.url, now });
    server.answer((_request, response) => {
      response.writeHead(429, { 'retry-after': '7' }).write('{');
    });
    // Under the signal of all it might share a timer that was set before.
    const { signal } = new AbortController();
    const answer = await endpoint.ask({ jobId: JOB_ID }, 'secret-token', signal);
    expect(answer).toEqual({ kind: 'RateLimited', retryAt: NOW + 7_000 });
  });

  it('leaves the connection open for the next request', async () => {
    server.answer((_request, response) => {
      response.writeHead(404).write('{"error":');
      setTimeout(() => response.end('{}}'), 5);
    });
    for (let i = 0; i < 10; i += 1) await ask();
    // fetch opens a second one when the first is not yet known to be free again.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });
});

describe('an answer that does not stop', () => {
  /** Sends 16 KiB again and again until the other side hangs up, which is what it resolves on. */
  function pour(status: number, headers = {}): Promise<unknown> {
    const hungUp = Promise.withResolvers();
    server.answer((_request, response) => {
      response.writeHead(status, headers).once('close', hungUp.resolve);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    return hungUp.promise;
  }

  it.each([
    ['without a length', {}],
    ['with a length that promises as much', { 'content-length': 2 ** 40 }],
  ])('is hung up on, %s', async (_, headers) => {
    const hungUp = pour(200, headers);
    expect(await ask()).toEqual(failed('UnexpectedResponse', expect.stringContaining('64 KiB')));
    await hungUp;
  });

  it('is hung up on when its status says enough', async () => {
    const hungUp = pour(404);
    expect(await ask()).toEqual({ kind: 'Missing', status: 404 });
    await hungUp;
  });

  it('counts by what it becomes, not by what was sent', async () => {
    answerWith(200, gzipSync(Buffer.alloc(10 * 2 ** 20)), { 'content-encoding': 'gzip' });
    expect(await ask()).toEqual(failed('UnexpectedResponse', expect.stringContaining('64 KiB')));
  });
});

describe('a connection that fails', () => {
  const refuse: RequestListener = ({ socket }) => socket.destroy();
  const reset: RequestListener = ({ socket }) => socket.resetAndDestroy();

  it.each([
    ['closed', refuse],
    ['reset', reset],
  ])('may be tried once more when it was kept alive and then %s', async (_, listener) => {
    answerWith(200, RUNNING);
    for (let i = 0; i < 3; i += 1) await ask();
    server.answer(listener);
    await expect(ask()).rejects.toThrow(DroppedConnection);
    expect(server.requests).toHaveLength(4);
    const [dropped, ...earlier] = server.requests.map(({ socket }) => socket).reverse();
    expect(earlier).toContain(dropped);
  });

  it('is a failed check when nobody listens', async () => {
    server.stop();
    expect(await ask()).toEqual(
      failed('ConnectionFailed', 'The connection to the status endpoint failed: ECONNREFUSED.'),
    );
  });

  it('is a failed check when it breaks in the middle of an answer', async () => {
    server.answer(({ socket }, response) => {
      response.writeHead(200).write('{"status":', () => socket.destroy());
    });
    expect(await ask()).toEqual(failed('ConnectionFailed'));
  });

  it('is a failed check when the answer is not HTTP', async () => {
    server.answer(({ socket }) => socket.end('220 smtp.example.com ESMTP\r\n'));
    expect(await ask()).toEqual(failed('ConnectionFailed'));
  });

  it('never tells the token, not even one that no header can carry', async () => {
    const answer = await endpoint.ask({ jobId: JOB_ID }, 'secret\ntoken', NEVER);
    expect(answer).toEqual(failed('ConnectionFailed', expect.not.stringContaining('secret')));
  });
});

describe('an answer that takes too long', () => {
  beforeEach(() => {
    endpoint = createStatusEndpoint({ apiUrl: server.url, now: () => NOW, timeoutMs: 50 });
  });

  it.each<[string, RequestListener]>([
    ['does not begin', () => undefined],
    ['does not end', (_request, response) => response.writeHead(200).write('{')],
  ])('is a failed check when it %s', async (_, listener) => {
    server.answer(listener);
    expect(await ask()).toEqual(failed('Timeout', expect.stringContaining('0.05 s')));
  });
});

describe("when the caller's signal aborts", () => {
  const why = new Error('the sweep is over');

  it.each<[string, RequestListener]>([
    ['before the answer begins', () => undefined],
    ['in the middle of the answer', (_request, response) => response.writeHead(200).write('{')],
  ])('the request ends with its reason, %s', async (_, listener) => {
    const caller = new AbortController();
    const hungUp = new Promise((resolve) => {
      server.answer((request, response) => {
        response.once('close', resolve);
        listener(request, response);
        setImmediate(() => caller.abort(why));
      });
    });
    await expect(endpoint.ask({ jobId: JOB_ID }, 'secret-token', caller.signal)).rejects.toBe(why);
    await hungUp;
  });

  it('no request is made after it', async () => {
    const aborted = AbortSignal.abort(why);
    await expect(endpoint.ask({ jobId: JOB_ID }, 'secret-token', aborted)).rejects.toBe(why);
    expect(server.requests).toHaveLength(0);
  });
});

describe('whatever bytes upstream sends', () => {
  const encodings = fc.constantFrom('identity', 'gzip', 'deflate', 'br', 'zstd', 'gzip, br', 'x');
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.string().map((text) => gzipSync(text)),
    fc.string().map((text) => brotliCompressSync(text)),
  );

  it('the outcome is an answer', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, encodings, async (body, encoding) => {
        answerWith(200, body, { 'content-encoding': encoding });
        expect(['Status', 'Failed']).toContain((await ask()).kind);
      }),
      { numRuns: 300 },
    );
  });

  it('a body that is not what its encoding says is an unexpected response', async () => {
    answerWith(200, 'not compressed', { 'content-encoding': 'gzip' });
    expect(await ask()).toEqual(failed('UnexpectedResponse', expect.stringContaining('encoding')));
  });
});

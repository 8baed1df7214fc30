import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidJobId } from '../../../../functions/adapters/itwin/http.ts';
import { createLogsEndpoint } from '../../../../functions/adapters/itwin/logs-endpoint.ts';
import type { LogsAnswer } from '../../../../functions/core/alerts/log-digest.ts';
import type { LogsEndpoint } from '../../../../functions/core/ports.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const PATH = `/insights/reporting/datasources/extraction/status/${JOB_ID}/logs`;
const NOW = Date.UTC(2026, 0, 1);
const NEVER = new AbortController().signal;
const EMPTY = { kind: 'Page', entries: [], hasMore: false };

let server: TestServer;
let endpoint: LogsEndpoint;
beforeEach(async () => {
  server = await startServer();
  endpoint = createLogsEndpoint({ apiUrl: server.url, now: () => NOW });
});
afterEach(() => server.stop());

function ask(next?: string): Promise<LogsAnswer> {
  return endpoint.ask({ jobId: JOB_ID }, next, 'secret-token', NEVER);
}

/** Answers every request so. */
function answerWith(status: number, body: string | Buffer = '', headers = {}): void {
  server.answer((_request, response) => response.writeHead(status, headers).end(body));
}

function answerWithPage(logs: unknown, href?: unknown): void {
  answerWith(200, JSON.stringify({ logs, _links: { next: { href } } }));
}

function unreadable(reason: unknown) {
  return { kind: 'Unreadable', reason };
}

describe('the request', () => {
  it('asks for a thousand entries of the job, with the token and the API version in it', async () => {
    answerWithPage([]);
    await ask();
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: `${PATH}?$top=1000`,
      headers: {
        authorization: 'Bearer secret-token',
        accept: 'application/vnd.bentley.itwin-platform.v1+json',
        'user-agent': 'extraction-monitor',
      },
    });
  });

  it('is never made for anything but a UUID', async () => {
    const asking = endpoint.ask({ jobId: '../../../admin' }, undefined, 'secret-token', NEVER);
    await expect(asking).rejects.toThrow(InvalidJobId);
    expect(server.requests).toHaveLength(0);
  });

  it('stays with the job on the configured host, whatever it is to ask with', async () => {
    answerWithPage([]);
    const queries = fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.constant('/../../..'));
    await fc.assert(
      fc.asyncProperty(queries, async (next) => {
        await ask(next);
        expect(server.requests.at(-1)?.url?.split('?')[0]).toBe(PATH);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a documented page', () => {
  it('tells of each entry its level, its category and its message', async () => {
    const rest = { state: 'Failed', jobId: JOB_ID, contextType: 'IModel', containsIssues: true };
    answerWithPage([
      { ...rest, level: 'Error', category: 'GroupQuery', message: 'No such class.' },
      { ...rest, level: 'Information', category: 'Unknown', message: null },
    ]);
    expect(await ask()).toEqual({
      ...EMPTY,
      entries: [
        { level: 'Error', category: 'GroupQuery', message: 'No such class.' },
        { level: 'Information', category: 'Unknown' },
      ],
    });
  });

  it('may come compressed', async () => {
    answerWith(200, gzipSync('{"logs":[]}'), { 'content-encoding': 'gzip' });
    expect(await ask()).toEqual(EMPTY);
  });

  it('may be as long as 2 MiB, and not a byte longer', async () => {
    answerWith(200, '{"logs":[]}'.padEnd(2 * 2 ** 20));
    expect(await ask()).toEqual(EMPTY);
    answerWith(200, '{"logs":[]}'.padEnd(2 * 2 ** 20 + 1));
    expect(await ask()).toEqual(unreadable('The logs endpoint answered with more than 2 MiB.'));
  });

  it.each([
    ['the whole URL', () => `${server.url}${PATH}?$top=1000&$continuationToken=a%2Fb`],
    ['its path', () => `${PATH}?$top=1000&$continuationToken=a%2Fb`],
    ['its query', () => '?$top=1000&$continuationToken=a%2Fb'],
  ])('leads to the next one by %s', async (_, href) => {
    answerWithPage([], href());
    const page = await ask();
    expect(page).toEqual({
      ...EMPTY,
      hasMore: true,
      next: '?$top=1000&$continuationToken=a%2Fb',
    });
    await ask('next' in page ? page.next : undefined);
    expect(server.requests[1]?.url).toBe(`${PATH}?$top=1000&$continuationToken=a%2Fb`);
  });

  it.each([
    ['another host', () => `http://logs.example.com${PATH}?$top=1000`],
    ['another port', () => `http://127.0.0.1:1${PATH}`],
    ['another scheme', () => server.url.replace('http:', 'https:') + PATH],
    ['a host without a scheme', () => `//logs.example.com${PATH}`],
    ['a user at another host', () => `${server.url}@logs.example.com${PATH}`],
    ['another job', () => `${server.url}${PATH.replace('40f71ed2', 'ffffffff')}`],
    ['another path', () => `${server.url}/connect/token?$top=1000`],
    ['a path that climbs', () => `${server.url}${PATH}/../../../admin`],
    ['a query as long as a page', () => `${server.url}${PATH}?$skiptoken=${'x'.repeat(2_000)}`],
    ['no URL', () => 'http://['],
    ['a number', () => 7],
  ])('that leads on to %s is known to have more, which cannot be asked for', async (_, href) => {
    answerWithPage([], href());
    expect(await ask()).toEqual({ ...EMPTY, hasMore: true });
  });

  it.each([undefined, null])('is the last when its link is %s', async (href) => {
    answerWithPage([], href);
    expect(await ask()).toEqual(EMPTY);
  });
});

describe('a page of another shape', () => {
  it.each([[{}], [{ level: 1, category: null, message: ['x'] }], [null], ['text'], [[]]])(
    'has an entry of which nothing is told for %j',
    async (entry) => {
      answerWithPage([entry]);
      expect(await ask()).toEqual({ ...EMPTY, entries: [{ level: '', category: '' }] });
    },
  );

  it.each([
    '{}',
    'null',
    '[]',
    '"logs"',
    '{"logs":null}',
    '{"logs":{"0":{}}}',
    '{"extraction":{}}',
  ])('is unreadable: %s', async (body) => {
    answerWith(200, body);
    expect(await ask()).toEqual(
      unreadable('The logs endpoint answered 200 without a list of logs.'),
    );
  });

  it.each(['', '<html>', '{"logs":['])('is unreadable when it is not JSON: %s', async (body) => {
    answerWith(200, body);
    expect(await ask()).toEqual(
      unreadable('The logs endpoint answered 200 with something that is not JSON.'),
    );
  });
});

describe('an answer by status', () => {
  it.each([204, 301, 302, 401, 403, 404, 422, 500, 503])('%i is told', async (status) => {
    answerWith(status, '{"logs":[]}', { location: '/elsewhere' });
    expect(await ask()).toEqual(unreadable(`The logs endpoint answered ${status}.`));
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, NOW + 7_000],
    ['nothing', {}, NOW + 60_000],
  ])('429 says when to come back by %s', async (_, headers, retryAt) => {
    answerWith(429, '', headers);
    expect(await ask()).toEqual({ kind: 'RateLimited', retryAt });
  });
});

describe('what is no answer', () => {
  it.each<[string, RequestListener]>([
    ['does not begin', () => undefined],
    ['does not end', (_request, response) => response.writeHead(200).write('{')],
  ])('is unreadable when it %s in time', async (_, listener) => {
    endpoint = createLogsEndpoint({ apiUrl: server.url, now: () => NOW, timeoutMs: 50 });
    server.answer(listener);
    expect(await ask()).toEqual(
      unreadable('The logs endpoint gave no whole answer within 0.05 s.'),
    );
  });

  it('is unreadable when the connection is reset', async () => {
    server.answer(({ socket }) => socket.resetAndDestroy());
    expect(await ask()).toEqual(
      unreadable('The connection to the logs endpoint failed: ECONNRESET.'),
    );
  });

  it('is unreadable when nobody listens', async () => {
    server.stop();
    expect(await ask()).toEqual(
      unreadable('The connection to the logs endpoint failed: ECONNREFUSED.'),
    );
  });

  it('never tells the token, not even one that no header can carry', async () => {
    const answer = await endpoint.ask({ jobId: JOB_ID }, undefined, 'secret\ntoken', NEVER);
    expect(answer).toEqual(unreadable(expect.not.stringContaining('secret')));
  });

  it('a page that pours on is hung up on', async () => {
    const hungUp = Promise.withResolvers();
    server.answer((_request, response) => {
      response.writeHead(200).once('close', hungUp.resolve);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    expect(await ask()).toEqual(unreadable(expect.stringContaining('2 MiB')));
    await hungUp.promise;
  });

  it('a small page that becomes a huge one is not read to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20));
    answerWith(200, bomb, { 'content-encoding': 'gzip' });
    expect(await ask()).toEqual(unreadable(expect.stringContaining('2 MiB')));
  });
});

describe("when the caller's signal aborts", () => {
  it('the request ends with its reason', async () => {
    const why = new Error('the time is up');
    const caller = new AbortController();
    server.answer(() => caller.abort(why));
    const asking = endpoint.ask({ jobId: JOB_ID }, undefined, 'secret-token', caller.signal);
    await expect(asking).rejects.toBe(why);
  });
});

it('whatever bytes upstream sends, the outcome is an answer', async () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(`{"logs":[${text}],"_links":${text}}`)),
  );
  const encodings = fc.constantFrom('identity', 'gzip', 'br', 'x');
  await fc.assert(
    fc.asyncProperty(bodies, encodings, async (body, encoding) => {
      answerWith(200, body, { 'content-encoding': encoding });
      expect(['Page', 'Unreadable']).toContain((await ask()).kind);
    }),
    { numRuns: 200 },
  );
});

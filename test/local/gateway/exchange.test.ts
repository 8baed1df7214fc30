import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { send } from './raw-request.ts';
import { start } from './start.ts';

const GET = { method: 'GET', target: '/' };

describe('A function behind the gateway', () => {
  test('learns who calls from the authorizer of the deployed API', async () => {
    const identity = { jwt: { claims: { sub: 'me' }, scopes: null } };
    const { url } = await start({ identity, invoke: async (event) => event.requestContext });
    expect(JSON.parse((await send(url, GET)).body)).toMatchObject({ authorizer: identity });
  });

  test('gets a body of 10 MiB whole', async () => {
    const { url } = await start({ invoke: async (event) => event.body?.length });
    const headers = [['Content-Type', 'text/plain']] as const;
    const body = Buffer.alloc(10 * 1024 * 1024, 'x');
    const response = await send(url, { method: 'POST', target: '/', headers, body });
    expect(response.body).toBe(String(body.length));
  });
});

describe('A caller', () => {
  test.each(['localhost', 'LOCALHOST:3000', '127.0.0.1:80', '[::1]:3000'])(
    'may call this machine %s',
    async (host) => {
      const { url } = await start({});
      expect((await send(url, { ...GET, host })).status).toBe(200);
    },
  );

  test.each(['attacker.example', '127.0.0.1.attacker.example', 'localhost.attacker.example:80'])(
    'whose request is for %s gets 421: it may be a web page that speaks through a browser',
    async (host) => {
      const asked: unknown[] = [];
      const { url } = await start({ invoke: async (event) => asked.push(event) });
      const answer = await send(url, { ...GET, host });
      expect(answer).toMatchObject({ status: 421, body: expect.stringContaining('localhost') });
      expect(asked).toEqual([]);
    },
  );

  test.each(['cross-site', 'same-site'])(
    'that a %s page has its visitor send, as for an image, gets 403 and wakes nobody',
    async (site) => {
      const asked: unknown[] = [];
      const { url } = await start({ invoke: async (event) => asked.push(event) });
      for (const wanted of ['image', 'empty', 'iframe']) {
        const headers = [
          ['Sec-Fetch-Site', site],
          ['Sec-Fetch-Dest', wanted],
        ] as const;
        expect(await send(url, { ...GET, headers })).toMatchObject({ status: 403 });
      }
      expect(asked).toEqual([]);
    },
  );

  test.each([
    ['follows a link', 'cross-site', 'document'],
    ['types the address', 'none', 'document'],
    ['is our own page', 'same-origin', 'empty'],
  ])('who %s gets an answer', async (_, site, wanted) => {
    const { url } = await start({});
    const headers = [
      ['Sec-Fetch-Site', site],
      ['Sec-Fetch-Dest', wanted],
    ] as const;
    expect(await send(url, { ...GET, headers })).toMatchObject({ status: 200 });
  });

  test('is refused before its body is there', async () => {
    const { url } = await start({});
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.write('POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 10\r\n\r\nhalf');
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  });

  test('gets no more than 1,000 answers on one connection, however fast it asks', async () => {
    let asked = 0;
    const { url } = await start({
      invoke: async () => ({ statusCode: 204, body: String(asked++) }),
    });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_100));
    const answers = await text(socket);
    expect(answers.match(/HTTP\/1\.1 204 /g)).toHaveLength(1_000);
    expect(asked).toBe(1_000);
  });

  test('gets 413 for a body over 10 MiB, and the function is not asked', async () => {
    let asked = false;
    const invoke = async () => {
      asked = true;
    };
    const { url } = await start({ invoke });
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect(await send(url, { method: 'POST', target: '/', body })).toMatchObject({
      status: 413,
      body: '{"message":"Request Entity Too Large"}',
    });
    expect(asked).toBe(false);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ])('gets a bare 500 when the function %s, and onError the error', async (_, invoke) => {
    const errors: unknown[] = [];
    const { url } = await start({ invoke, onError: (error) => errors.push(error) });
    const { status, headers, body } = await send(url, GET);
    expect({ status, type: headers['content-type'], body }).toStrictEqual({
      status: 500,
      type: 'application/json',
      body: '{"message":"Internal Server Error"}',
    });
    expect(errors).toStrictEqual([new Error('secret')]);
  });

  test('gets 503 when the function takes too long; a later failure is still told', async () => {
    const errors: unknown[] = [];
    const told = Promise.withResolvers<void>();
    const work = Promise.withResolvers<never>();
    const { url } = await start({
      timeoutMs: 20,
      invoke: () => work.promise,
      onError: (error) => {
        if (errors.push(error) === 2) told.resolve();
      },
    });
    expect(await send(url, GET)).toMatchObject({
      status: 503,
      body: '{"message":"Service Unavailable"}',
    });
    work.reject(new Error('too late'));
    await told.promise;
    expect(errors.map(String)).toStrictEqual([
      'IntegrationTimeout: The function did not answer within 20 ms. It may still be running.',
      'Error: too late',
    ]);
  });

  test('who hangs up in mid-body leaves the gateway serving, and is no error', async () => {
    const errors: unknown[] = [];
    const gateway = await start({ onError: (error) => errors.push(error) });
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.end('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf');
    socket.destroySoon();
    await once(socket, 'close');
    expect((await send(gateway.url, GET)).body).toBe('from the function');
    // Waits for what is under way.
    await gateway.close();
    expect(errors).toEqual([]);
  });
});

describe('A local route', () => {
  const localRoutes = {
    'GET /local/alerts': async () => [{ subject: 'Failed' }],
    'GET /local/broken': () => Promise.reject(new Error('no alerts')),
  };

  test('is answered as JSON, past the function, whatever the query', async () => {
    const { url } = await start({ localRoutes });
    const { status, headers, body } = await send(url, { ...GET, target: '/local/alerts?a=1' });
    expect({ status, type: headers['content-type'], body }).toStrictEqual({
      status: 200,
      type: 'application/json',
      body: '[{"subject":"Failed"}]',
    });
  });

  test('takes only its own method and path from the function', async () => {
    const { url } = await start({ localRoutes });
    const others = [
      { method: 'POST', target: '/local/alerts' },
      { method: 'GET', target: '/local/alerts/1' },
    ];
    for (const request of others) expect((await send(url, request)).body).toBe('from the function');
  });

  test('that fails is a 500, and onError is told', async () => {
    const errors: unknown[] = [];
    const { url } = await start({ localRoutes, onError: (error) => errors.push(error) });
    expect((await send(url, { ...GET, target: '/local/broken' })).status).toBe(500);
    expect(errors).toStrictEqual([new Error('no alerts')]);
  });
});

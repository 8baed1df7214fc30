import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { CannotListen } from '../../../local/gateway/server.ts';
import { send } from './raw-request.ts';
import { start } from './start.ts';

const GET = { method: 'GET', target: '/' };

describe('Starting', () => {
  test('on a taken port says which setting to change', async () => {
    const port = Number(new URL((await start({})).url).port);
    const second = start({ port });
    await expect(second).rejects.toBeInstanceOf(CannotListen);
    await expect(second).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Stop what listens there, or set PORT to another port, ` +
        `for example PORT=${port + 1}.`,
    );
  });

  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '::FFFF:127.0.0.1'])(
    'on %s answers who asks for it, however URLs spell it, and this machine alone',
    async (host) => {
      const { url, isOpen } = await start({ host });
      expect((await fetch(url)).status).toBe(200);
      expect(isOpen).toBe(false);
    },
  );

  test('on 0.0.0.0 is for others, too', async () => {
    expect((await start({ host: '0.0.0.0' })).isOpen).toBe(true);
  });

  test.each(['192.0.2.1', 'no-such-host.invalid'])(
    'on %s says which setting to change',
    async (host) => {
      const starting = start({ host });
      await expect(starting).rejects.toBeInstanceOf(CannotListen);
      await expect(starting).rejects.toThrow(
        `HOST is "${host}", which is no address of this machine. Leave it out,`,
      );
    },
  );
});

describe('Closing', () => {
  test('waits until the request under way has its answer whole, and takes no further one', async () => {
    const asked = Promise.withResolvers<void>();
    const work = Promise.withResolvers<string>();
    const gateway = await start({
      invoke: () => {
        asked.resolve();
        return work.promise;
      },
    });
    const answer = send(gateway.url, GET);
    await asked.promise;
    let isClosed = false;
    const closed = gateway.close().then(() => {
      isClosed = true;
    });
    await expect(send(gateway.url, GET)).rejects.toThrow('ECONNREFUSED');
    expect(isClosed).toBe(false);
    // More than the buffers on the way hold, so that it takes a while to be read.
    const long = 'x'.repeat(20 * 1024 * 1024);
    work.resolve(long);
    expect((await answer).body).toHaveLength(long.length);
    await closed;
  });

  test('waits for the function even when its caller has hung up', async () => {
    const asked = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    let isDone = false;
    const gateway = await start({
      invoke: async () => {
        asked.resolve();
        await work.promise;
        isDone = true;
      },
    });
    const caller = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    caller.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await asked.promise;
    caller.destroy();
    const closed = gateway.close().then(() => isDone);
    await expect(send(gateway.url, GET)).rejects.toThrow('ECONNREFUSED');
    work.resolve();
    expect(await closed).toBe(true);
  });

  test('ends kept-alive connections, and those on which nothing was ever sent', async () => {
    const gateway = await start({});
    const { port } = new URL(gateway.url);
    const unused = connect(Number(port), '127.0.0.1');
    await once(unused, 'connect');
    const agent = new Agent({ keepAlive: true });
    const request = httpRequest(gateway.url, { agent }).end();
    const [response] = await once(request, 'response');
    await once(response.resume(), 'end');
    const ended = Promise.all([once(unused, 'close'), once(request.socket ?? unused, 'close')]);
    await gateway.close();
    unused.resume();
    await ended;
  });

  test('twice is the same as once', async () => {
    const gateway = await start({});
    await Promise.all([gateway.close(), gateway.close()]);
    await gateway.close();
  });
});

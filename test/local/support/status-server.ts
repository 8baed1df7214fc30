import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A status endpoint of the tester's own, with one answer for all runs; it takes the token `good`.
 *
 * @param later gets what closes it in the end; unless given, that is after the test
 */
export async function statusServer(
  status: object,
  later: (close: () => void) => void = onTestFinished,
): Promise<{ url: string; status: object }> {
  const upstream = { url: '', status };
  const server: Server = createServer((request, response) => {
    const isGood = request.headers.authorization === 'Bearer good';
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isGood ? { status: upstream.status } : { error: { code: 'No' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}

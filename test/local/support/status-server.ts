import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { listenFor } from '../../../local/listen.ts';

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
  const server = createServer((request, response) => {
    const isGood = request.headers.authorization === 'Bearer good';
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isGood ? { status: upstream.status } : { error: { code: 'No' } }));
  });
  upstream.url = await listenFor(server);
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  return upstream;
}

import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { listenFor } from '../../../local/listen.ts';

/** What stands where the API should, until the test is over. @returns its URL */
export function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  return listenFor(server);
}

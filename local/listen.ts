/**
 * Every way into the process of the local run.
 *
 * The engines of DynamoDB and SNS ask nobody who they are, so they listen on sockets in a folder that
 * only this user may enter: no browser, and nobody else on the machine, can come to them. What people
 * ask themselves, the API and the simulator, listens on a port, behind `refusalOf`.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

/** Why a request is not answered. */
interface Refusal {
  readonly status: number;
  /** What to do about it. */
  readonly message: string;
}

/** What a caller on this machine calls it. */
const OWN_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** What a page of anybody's may post without being asked first, and nothing here takes. */
const TYPES_OF_PAGES = /^(text\/plain|multipart\/form-data)\b/i;

/**
 * Refuses what a web page could have its visitor's browser send: nobody is asked who they are here.
 * A page whose name its owner points at this machine asks for a foreign host (DNS rebinding); any
 * other is of a foreign origin, which browsers name in whatever may change something, and in the
 * question whether they may.
 *
 * @param names host names to answer to besides this machine's own, in lower case
 */
export function refusalOf(
  { headers }: IncomingMessage,
  names: readonly string[] = [],
): Refusal | undefined {
  const { host = '', origin } = headers;
  const { hostname } = URL.parse(`http://${host}`) ?? {};
  if (!hostname || !(OWN_NAMES.has(hostname) || names.includes(hostname))) {
    const message = `The request is for the host ${host}. Ask 127.0.0.1 or localhost, or name it in ALLOWED_HOST.`;
    return { status: 421, message };
  }
  const isForeign = origin !== undefined && URL.parse(origin)?.host !== host.toLowerCase();
  if (isForeign || isForOtherPage(headers)) {
    return { status: 403, message: 'Pages of other origins get no answer here.' };
  }
  return undefined;
}

/**
 * Whether a browser wants it for a page of elsewhere, as an image say, which names no origin. Who follows
 * a link, in a mail say, comes from elsewhere too, but wants a page of ours.
 */
function isForOtherPage(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-site': site = 'none', 'sec-fetch-dest': wanted } = headers;
  return !['none', 'same-origin'].includes(site) && wanted !== 'document';
}

/** Refuses bodies of the types that any page may send. The API's function does so itself. */
export function refusalOfType({ headers }: IncomingMessage): Refusal | undefined {
  return TYPES_OF_PAGES.test(headers['content-type'] ?? '')
    ? { status: 415, message: 'Send content-type: application/json.' }
    : undefined;
}

/**
 * Lets a server listen on a socket, which one that was killed may have left behind; on a free port
 * of 127.0.0.1 when there is none, which is for tests.
 *
 * @returns its URL; the host of a socket is made up: the name of its file and `.localhost`
 */
export async function listenFor(server: Server, socket?: string): Promise<string> {
  if (socket === undefined) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  await rm(socket, { force: true });
  server.listen(socket);
  await once(server, 'listening');
  return `http://${basename(socket)}.localhost`;
}

/** Stops a server at once: requests under way, hanging ones included, lose their connection. */
export async function stopServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf } from '../files.ts';
import { type ExchangeSettings, serve } from './exchange.ts';

/** What `startGateway` needs, `invoke` and `port`, and what it takes. */
export type GatewayOptions = Partial<ExchangeSettings> & {
  readonly invoke: ExchangeSettings['invoke'];
  /** 0 takes any free port. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
};

/** The gateway cannot listen where it is to: the message says which setting to change. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** What to do, by the code that the system has for it. */
const ADVICE: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is in use. Stop what listens there, or set PORT to another port, ` +
    `for example PORT=${port + 1}.`,
  EACCES: (_, port) =>
    `Port ${port} may not be listened on by this user. Set PORT to one from 1024 on.`,
  EADDRNOTAVAIL: noAddress,
  ENOTFOUND: noAddress,
  EAI_AGAIN: noAddress,
};

function noAddress(host: string): string {
  return (
    `HOST is "${host}", which is no address of this machine. Leave it out, or set it to one that is, ` +
    'such as 0.0.0.0.'
  );
}

const DEFAULTS = {
  localRoutes: {},
  routeKeys: [],
  names: [],
  onError: console.error,
  // The longest integration timeout of an HTTP API [quotas for HTTP APIs: 30 seconds].
  timeoutMs: 30_000,
  now: Date.now,
  newRequestId: randomUUID,
};

/** More than people and their scripts need: each takes memory of the process that has the tables. */
const MOST = { connections: 256, requestsOfOne: 1_000 };

/** A gateway that listens. */
export type Gateway = {
  /** Where, as in `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Whether others than this machine reach it, however the host was spelled. */
  readonly isOpen: boolean;
  /** Takes no more requests; ends when those under way are answered and all connections closed. */
  close(): Promise<void>;
};

/**
 * Serves a Lambda function over HTTP as an API Gateway HTTP API would: each request becomes an
 * event in payload format 2.0, each result a response. Throws `CannotListen`.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', port, ...rest } = options;
  const settings = { ...DEFAULTS, ...rest, names: [nameOf(host), ...(options.names ?? [])] };
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const exchange = serve(request, response, settings).finally(() => underWay.delete(exchange));
    underWay.add(exchange);
  });
  server.maxConnections = MOST.connections;
  server.maxRequestsPerSocket = MOST.requestsOfOne;
  const { address, port: taken } = await listen(server, host, port);
  return {
    url: `http://${nameOf(host)}:${taken}`,
    isOpen: address !== '::1' && !/^(::ffff:)?127\./.test(address),
    close: () => close(server, underWay),
  };
}

/**
 * How this machine asks for an address; the one that stands for all of them is none to ask for. Spelled as
 * in a URL, in lower case say: whoever asks for it otherwise would be refused.
 */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  const name = host.includes(':') ? `[${host}]` : host;
  return URL.parse(`http://${name}`)?.hostname ?? name;
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const advice = ADVICE[codeOf(cause)]?.(host, port);
    throw advice === undefined ? cause : new CannotListen(advice, { cause });
  }
  return server.address() as AddressInfo;
}

async function close(server: Server, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await Promise.all(underWay);
  // A connection on which nothing was sent yet, as browsers open them, does not count as idle.
  server.closeAllConnections();
  await closed;
}

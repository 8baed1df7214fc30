import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { accepted, HINTS } from '../api/accepted.ts';
import type { Fetch } from '../api/signed-fetch.ts';
import type { Cli, Context } from '../context.ts';
import { plain } from '../text.ts';

/** What of a request is for the API; the rest is between the browser and this command. */
const PASSED_ON = ['content-type', 'if-none-match'];

/** What of an answer is not for the browser: the body comes unpacked, over another connection. */
const KEPT_BACK = ['connection', 'content-encoding', 'content-length', 'keep-alive', 'set-cookie'];

/** `open`: serves the page here, for an API that a browser alone could not call. */
export function addOpen(cli: Cli, context: Context): Cli {
  const { screen, surroundings } = context;
  return cli.command(
    'open',
    'Serve the page on this machine',
    (command) =>
      command
        .example('$0 open --url https://abc123.execute-api.eu-west-1.amazonaws.com', 'The page')
        .epilogue(
          'The address that is printed has a secret in it: whoever has it acts as you, on this machine. ' +
            'Requests of the page are passed on with your AWS credentials, or the token. Ctrl-C ends it.',
        ),
    async ({ json, ...common }) => {
      // Whoever may not call hears it here, in the words of every other command.
      const api = context.api({ json, ...common });
      accepted(await api.GET('/jobs', { params: { query: { limit: 1 } } }), 'jobs');
      const { url } = context.address({ json, ...common });
      const page = await servePage(url, context.send({ json, ...common }));
      if (json) screen.json({ url: page.url });
      else screen.line(`The page of ${url.origin}, until Ctrl-C:\n${page.url}`);
      try {
        await once(surroundings.signal, 'abort');
      } finally {
        await page.close();
      }
      surroundings.signal.throwIfAborted();
    },
  );
}

/** A page that is served. */
interface ServedPage {
  /** Where, with the secret. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves what an API gives out, the page included, on a free port of this machine, below a path that
 * nobody can guess. Other hosts and other origins get nothing: a page of anybody's could ask for this
 * port, by its number or by a name that its owner points here.
 *
 * @param send sends a request to the API, with what proves who asks
 */
async function servePage(api: URL, send: Fetch): Promise<ServedPage> {
  const secret = `/${randomBytes(24).toString('base64url')}/`;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: target = '' } = request;
    if (!isOwn(request, host) || !target.startsWith(secret)) {
      response.writeHead(404).end();
      return;
    }
    try {
      const passed = await requestOf(request, below(api, target.slice(secret.length)));
      await pass(await send(passed), response);
    } catch (error) {
      refuse(response, error instanceof Error ? plain(error.message) : 'No answer.');
    }
  }

  return {
    url: `http://${host}${secret}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Whether a request comes from the page that is served here, or from somebody who opens it. */
function isOwn({ headers }: IncomingMessage, host: string): boolean {
  const { origin = `http://${host}`, 'sec-fetch-site': site = 'none' } = headers;
  return (
    headers.host === host &&
    origin === `http://${host}` &&
    (site === 'same-origin' || site === 'none')
  );
}

/** An address of the API. Parts of an address cannot name another host, as a relative one could. */
function below(api: URL, target: string): URL {
  const [path = '', ...query] = target.split('?');
  const address = new URL(api);
  address.pathname = `${api.pathname.replace(/\/$/, '')}/${path}`;
  address.search = query.join('?');
  return address;
}

async function requestOf(request: IncomingMessage, to: URL): Promise<Request> {
  const { method = 'GET' } = request;
  const body = await buffer(request);
  const headers = PASSED_ON.flatMap((name): [string, string][] => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  // Redirects are not followed: what is signed, or has a token, is for this host alone.
  return new Request(to, { method, headers, redirect: 'manual', ...(hasBody && { body }) });
}

async function pass(answer: Response, response: ServerResponse): Promise<void> {
  // The page would have its reader sign in, which is done here.
  if (answer.status === 401) return refuse(response, HINTS[401] ?? '');
  const headers = [...answer.headers].filter(([name]) => !KEPT_BACK.includes(name));
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, Object.fromEntries(headers)).end(body);
}

/** Says why there is no answer, in the API's own form. */
function refuse(response: ServerResponse, detail: string): void {
  const problem = { type: 'about:blank', title: 'Bad Gateway', status: 502, detail };
  response
    .writeHead(502, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify(problem));
}

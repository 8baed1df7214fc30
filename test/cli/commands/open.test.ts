import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cli, type HttpApi, type Outcome, startHttpApi } from '../support/cli.ts';
import { expectedSignature } from '../support/signature.ts';
import { Pipe } from '../support/terminal.ts';

const DEPLOYED = 'https://abc123.execute-api.eu-west-1.amazonaws.com';
const SECRET_KEY = 'a secret key';
const realFetch = globalThis.fetch;

let http: HttpApi;

beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

/** The page as `open` serves it. */
interface Opened {
  /** With the secret. */
  readonly url: URL;
  stop(): Promise<Outcome>;
}

/** Runs `open` until the test is over. */
async function open(url: string, env: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const stopped = new AbortController();
  const stdout = new Pipe();
  const running = cli(['open', '--json', '--url', url], { env, stdout, signal: stopped.signal });
  await vi.waitUntil(() => stdout.text.includes('\n'), { timeout: 10_000 });
  const stop = () => {
    stopped.abort('SIGINT');
    return running;
  };
  onTestFinished(async () => void (await stop()));
  return { url: new URL(JSON.parse(stdout.text).url), stop };
}

/** Asks as a browser does, and as no `fetch` may: with any headers. */
async function ask(
  url: URL,
  { method = 'GET', body = '', ...headers }: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: string; readonly message: IncomingMessage }> {
  const sent = httpRequest(url, { method, headers }).end(body);
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: message.statusCode ?? 0, body: await text(message), message };
}

/**
 * A deployed API that looks at signatures: what is signed rightly goes to the one on this machine.
 *
 * @returns the hosts that were asked, and the requests that were refused
 */
function deploy() {
  const refused: Request[] = [];
  const hosts = new Set<string>();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET_KEY);
  vi.stubGlobal('fetch', async (request: Request) => {
    const { host, pathname, search } = new URL(request.url);
    hosts.add(host);
    const authorization = request.headers.get('authorization') ?? '';
    if (!authorization.endsWith(`Signature=${await expectedSignature(request, SECRET_KEY)}`)) {
      refused.push(request);
      return Response.json({ message: 'Forbidden' }, { status: 403 });
    }
    const body = await request.text();
    return realFetch(`${http.url}${pathname}${search}`, {
      method: request.method,
      headers: { 'content-type': request.headers.get('content-type') ?? 'application/json' },
      ...(body !== '' && { body }),
    });
  });
  return { refused, hosts };
}

describe('open', () => {
  it('passes requests on, and answers with their headers', async () => {
    const { url } = await open(http.url);
    const jobId = await http.put('Running');
    const first = await ask(new URL(`jobs/${jobId}`, url));
    expect(JSON.parse(first.body)).toMatchObject({ jobId, state: 'Running' });
    const { etag = '' } = first.message.headers;
    const again = await ask(new URL(`jobs/${jobId}`, url), { 'if-none-match': etag });
    expect(again).toMatchObject({ status: 304, body: '' });
    const own = { origin: url.origin, 'sec-fetch-site': 'same-origin' };
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ state: 'Failed' });
    const made = await ask(new URL('alerts/test', url), { method: 'POST', body, ...own, ...json });
    expect(made.status).toBe(202);
  });

  it('signs them for a deployed API, queries and bodies too', async () => {
    const { refused } = deploy();
    const { url } = await open(DEPLOYED);
    const list = await ask(new URL("jobs?labelPrefix=Tower%20B%20(it's%20new)&limit=5", url));
    expect(list.status).toBe(200);
    const body = JSON.stringify({ state: 'Failed', label: 'Tower Ž' });
    const json = { 'content-type': 'application/json' };
    const made = await ask(new URL('alerts/test', url), { method: 'POST', body, ...json });
    expect(JSON.parse(made.body)).toMatchObject({ label: 'Tower Ž' });
    expect(refused).toEqual([]);
  });

  it('gives nothing to who asks for another host, from another page, or without the secret', async () => {
    const { url } = await open(http.url);
    const jobs = new URL('jobs', url);
    const before = http.answers.length;
    const strangers = [
      { host: 'evil.example' },
      { host: `localhost:${url.port}` },
      { host: `127.0.0.1.nip.io:${url.port}` },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${url.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of strangers)
      expect(await ask(jobs, headers), JSON.stringify(headers)).toMatchObject({
        status: 404,
        body: '',
      });
    for (const path of ['/', '/jobs', '/jobs/../jobs', `${url.pathname.slice(0, -2)}/jobs`])
      expect(await ask(new URL(path, url)), path).toMatchObject({ status: 404, body: '' });
    expect(http.answers.slice(before)).toEqual([]);
  });

  it('asks for nothing but the API, whatever the path says', async () => {
    const { hosts } = deploy();
    const { url } = await open(DEPLOYED);
    for (const path of [
      '/evil.example/jobs',
      '//evil.example',
      '@evil.example',
      '\\evil.example',
      '..//evil.example',
    ])
      await ask(new URL(`http://${url.host}${url.pathname}${path}`));
    expect([...hosts]).toEqual([new URL(DEPLOYED).host]);
  });

  it('asks below the path of the API, with the query as it was', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      asked.push(request.url);
      return Response.json({ jobs: [], cursor: null });
    });
    const env = { EXTRACTION_MONITOR_TOKEN: 'a.b.c' };
    const { url } = await open(`${DEPLOYED}/monitor/v1/`, env);
    await ask(new URL('jobs?labelPrefix=why?&limit=5', url));
    expect(asked.at(-1)).toBe(`${DEPLOYED}/monitor/v1/jobs?labelPrefix=why?&limit=5`);
  });

  it('says in the form of the API that there is no answer, or no valid token', async () => {
    vi.stubGlobal('fetch', async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/jobs') return Response.json({ jobs: [], cursor: null });
      if (pathname === '/health')
        return Response.json({ message: 'Unauthorized' }, { status: 401 });
      throw new TypeError('fetch failed');
    });
    const { url } = await open(DEPLOYED, { EXTRACTION_MONITOR_TOKEN: 'a.b.c' });
    const refused = await ask(new URL('health', url));
    expect(refused.status).toBe(502);
    expect(JSON.parse(refused.body).detail).toContain('EXTRACTION_MONITOR_TOKEN');
    expect((await ask(new URL('imodels', url))).status).toBe(502);
  });

  it('ends with Ctrl-C, and does not begin where nobody answers or lets in', async () => {
    const { stop } = await open(http.url);
    expect(await stop()).toMatchObject({ code: 130 });
    vi.stubGlobal('fetch', async () => Response.json({ message: 'Forbidden' }, { status: 403 }));
    const outcome = await cli(['open', '--url', DEPLOYED], {
      env: { EXTRACTION_MONITOR_TOKEN: 'a.b.c' },
    });
    expect(outcome).toMatchObject({ code: 4, stdout: '' });
  });
});

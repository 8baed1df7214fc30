import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listenFor } from '../../local/listen.ts';
import { runToEnd, sharedLocalProcess, startLocalProcess } from './support/local-run.ts';
import { statusServer } from './support/status-server.ts';

const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const WAIT = { timeout: 20_000, interval: 200 };

interface Job {
  readonly state: string;
  readonly transitions: readonly { readonly to: string }[];
  readonly alert: { readonly status: string } | null;
}
interface Alert {
  readonly subject: string;
  readonly email: string;
  readonly sms: string;
  readonly default: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly deliveredTo: readonly string[];
}

describe('npm start, with settings of AWS and a proxy that have nothing to do with it', () => {
  const home = mkdtempSync(join(tmpdir(), 'aws-'));
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws', 'config'), '[default]\nuse_fips_endpoint = true\n');
  afterAll(() => rmSync(home, { recursive: true }));
  const shared = sharedLocalProcess(() => ({
    HOME: home,
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: 'http://127.0.0.1:2',
    NO_PROXY: 'x.org',
  }));

  it('shows demonstration runs from registration to alert, and Ctrl-C ends it cleanly', async () => {
    const run = shared();
    await run.prints(/Demo: [^\n]+: Registered → Queued/);
    await run.prints(/Subject: Failed[^\n]*: Demo: [\s\S]+Why it failed[\s\S]+SMS/);
    await run.prints(/Demo: harbour terminal: a run nobody registered/);
    await run.prints(/Subject: Failed[^\n]*: Demo: harbour terminal/);
    run.signal('SIGINT');
    expect(await run.end('SIGINT')).toBe(0);
    expect(run.output()).not.toMatch(/(Error|Warning): /);
    expect(run.output()).not.toMatch(/FIPS|Dualstack/);
  }, 60_000);
});

describe('npm start that cannot', () => {
  it('says which setting is wrong, and what to write instead', async () => {
    const { code, output } = await runToEnd({ SWEEP_SECONDS: 'often' });
    expect(code).toBe(1);
    expect(output).toBe('SWEEP_SECONDS is "often"; set it to a whole number from 1 to 3600.\n');
  });

  it('has what an earlier start compiled, unless somebody says where else that is kept', async () => {
    const environment = { SWEEP_SECONDS: 'often', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
    const { output } = await runToEnd({ ...environment, NODE_COMPILE_CACHE: '' });
    expect(output).toMatch(/reading cache from \S+\/node_modules\/\.cache\/compiled\/.+run\.ts/);
    const NODE_COMPILE_CACHE = join(tmpdir(), 'x'.repeat(300));
    const elsewhere = await runToEnd({ ...environment, NODE_COMPILE_CACHE });
    expect(elsewhere.output).not.toContain('reading cache');
    expect(elsewhere.output).toContain('SWEEP_SECONDS is "often"');
  });

  it.each([
    ['is not there', false],
    ['has a long path', true],
  ])('says so when the folder for temporary files %s', async (_, isThere) => {
    const folder = mkdtempSync(join(tmpdir(), 'long-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const TMPDIR = join(folder, 'x'.repeat(100));
    if (isThere) mkdirSync(TMPDIR);
    const { code, output } = await runToEnd({ PORT: '0', TMPDIR });
    expect(code).toBe(1);
    expect(output).toBe(
      `TMPDIR is "${TMPDIR}", where no sockets can be; set it to a folder with a short path, such as /tmp.\n`,
    );
  });

  it('asks for credentials when it is to watch real runs without any', async () => {
    const { code, output } = await runToEnd({
      PORT: '0',
      ITWIN_API_URL: 'https://api.bentley.com',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/^Set ITWIN_CLIENT_ID and ITWIN_CLIENT_SECRET, or ITWIN_ACCESS_TOKEN\./);
  });

  it('says so when the port is taken', async () => {
    const { url } = await statusServer({});
    const { code, output } = await runToEnd({ PORT: new URL(url).port });
    expect(code).toBe(1);
    expect(output).toContain('PORT');
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('npm start with NODE_USE_ENV_PROXY', () => {
  it('asks upstream through the proxy, in every check', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const proxyUrl = await listenFor(proxy);
    onTestFinished(() => void proxy.close());
    await startLocalProcess({
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: proxyUrl,
      ITWIN_API_URL: 'https://upstream.invalid',
      ITWIN_ACCESS_TOKEN: 'a-token-of-sixteen-letters',
      IMODELS: '5e19bee0-3aea-4355-a9f0-c6df9989ee7d',
    });
    // The first is the trial at the start.
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1), WAIT);
    expect(new Set(asked)).toEqual(new Set(['upstream.invalid:443']));
  });
});

describe('npm start with ITWIN_API_URL', () => {
  let upstream: { url: string; status: object };
  let close = () => {};
  beforeAll(async () => {
    upstream = await statusServer({ state: 'Running' }, (end) => {
      close = end;
    });
  });
  afterAll(() => close());
  const shared = sharedLocalProcess(() => ({
    ITWIN_API_URL: upstream.url,
    ITWIN_ACCESS_TOKEN: 'good',
  }));

  it('tells at the start, before there is a job, that the credentials are good', async () => {
    await shared().prints(`${new URL(upstream.url).host} takes the credentials`);
  });

  it('watches whatever answers there, and tells how its runs end', async () => {
    const run = shared();
    expect(await run.get('/jobs')).toMatchObject({ jobs: [] });

    const registered = await run.post('/jobs', { jobId: JOB_ID.toUpperCase(), label: 'Mine' });
    expect(registered.status).toBe(201);
    expect(registered.headers.get('location')).toBe(`/jobs/${JOB_ID}`);
    await vi.waitUntil(async () => (await job(run)).state === 'Running', WAIT);

    upstream.status = { state: 'Failed', reason: 'No such mapping.', containsIssues: true };
    await vi.waitUntil(async () => (await job(run)).alert?.status === 'Sent', WAIT);
    expect((await job(run)).transitions.map(({ to }) => to)).toEqual(['Running', 'Failed']);
    const [alert, ...others] = await run.get<Alert[]>('/local/alerts');
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      subject: 'Failed: Mine',
      email: expect.stringContaining('Why it failed\n  | No such mapping.\n'),
      sms: expect.stringMatching(/^Failed: Mine - took at least \d+ s - No such mapping\.$/),
      attributes: { state: 'Failed', containsIssues: 'true', label: 'Mine' },
    });
    expect(JSON.parse(alert?.default ?? '')).toMatchObject({ jobId: JOB_ID, state: 'Failed' });
  }, 60_000);

  it('says of a subscription by email that there is no mail server, and leaves it pending', async () => {
    const run = shared();
    await run.post('/subscriptions', { protocol: 'email', endpoint: 'team@example.com' });
    await run.prints(
      'team@example.com subscribed by email, and gets no mail: set SMTP_URL and ALERT_TO.',
    );
    expect(await run.get('/subscriptions')).toMatchObject({
      subscriptions: [{ endpoint: 'team@example.com', confirmation: 'Pending' }, {}],
    });
    expect(run.output()).not.toContain('ConfirmSubscription');
  });

  it('tells in plain words that a token is refused, before there is a job and in each sweep', async () => {
    const { url } = upstream;
    const run = await startLocalProcess({ ITWIN_API_URL: url, ITWIN_ACCESS_TOKEN: 'bad' });
    await run.prints(`${new URL(url).host}: the credentials are refused`);
    await run.post('/jobs', { jobId: JOB_ID });
    await run.prints('Upstream refuses our credentials');
    const pause = async () =>
      (await run.get<{ pause: { reason: string } | null }>('/health')).pause;
    await vi.waitUntil(async () => (await pause())?.reason === 'CredentialsRefused', WAIT);
    expect((await fetch(`${run.url}/health`)).status).toBe(503);
    expect(run.output()).not.toContain('bad');
  }, 60_000);
});

function job(run: { get<T>(path: string): Promise<T> }): Promise<Job> {
  return run.get<Job>(`/jobs/${JOB_ID}`);
}

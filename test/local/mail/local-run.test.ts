import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startItwinSimulator } from '../../../local/itwin-simulator/server.ts';
import { checkedFetch } from '../../functions/api/support/contract.ts';
import { startLocalProcess } from '../support/local-run.ts';
import { startMailServer } from './support/mail-server.ts';
import { until } from './support/mailer.ts';

const OPS = 'ops@example.com';
const BOSS = 'boss@example.com';
const WAIT = { timeout: 20_000, interval: 200 };

interface Alert {
  readonly subject: string;
  readonly email: string;
  readonly mail: readonly { readonly status: string; readonly lastError?: string }[];
}

/** A local run, as `npm start` makes it, in which one job fails at once. */
async function startRunWithFailure(environment: Readonly<Record<string, string>>) {
  const simulator = await startItwinSimulator({ accessToken: 'good' });
  onTestFinished(simulator.close);
  const steps = [{ answer: { state: 'Failed', reason: 'No such mapping.' } }];
  const jobId = simulator.addRun({ jobId: randomUUID(), steps });
  const run = await startLocalProcess({
    ITWIN_API_URL: simulator.url,
    ITWIN_ACCESS_TOKEN: 'good',
    ...environment,
  });
  await run.post('/jobs', { jobId, label: 'Brücke' });
  return { run, upstream: simulator.url };
}

it('npm start with SMTP_URL and ALERT_TO mails an alert as it shows it, and never the password', async () => {
  const server = await startMailServer({ authOptional: false });
  const { run } = await startRunWithFailure({
    SMTP_URL: `smtp://me:secret@localhost:${server.settings.port}`,
    ALERT_TO: `${OPS}, ${BOSS}`,
    ALERT_FROM: 'monitor@example.org',
  });
  await until(() => server.mails.length === 2);
  await vi.waitUntil(async () => {
    const [alert] = await run.get<Alert[]>('/local/alerts');
    return alert?.mail.every(({ status }) => status === 'Sent');
  }, 20_000);
  const [alert] = await run.get<Alert[]>('/local/alerts');
  for (const { from, email } of server.mails) {
    expect(from).toBe('monitor@example.org');
    expect(email).toMatchObject({ subject: alert?.subject, text: alert?.email });
  }
  expect(server.mails.flatMap(({ to }) => to).sort()).toEqual([BOSS, OPS]);
  expect(await run.end('SIGINT')).toBe(0);
  const address = `localhost:${server.settings.port}`;
  expect(run.output()).toContain(`to ${OPS}, ${BOSS} from monitor@example.org, through ${address}`);
  expect(run.output()).toContain(`Mailed to ${OPS}: ${alert?.subject}`);
  expect(run.output()).not.toMatch(/secret|Not mailed/);
}, 60_000);

it('what a dead mail server did not take is told at the end, and mailed at the next start, as health says', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'extraction-monitor-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const dead = await startMailServer();
  await dead.close();
  const { port } = dead.settings;
  const settings = {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    ALERT_TO: OPS,
    DATA_DIR: dataDir,
  };
  const { run: first, upstream } = await startRunWithFailure(settings);
  await first.prints(/Not mailed to ops@example\.com: .+ \(next try in 5 s\)\. No connection/);
  expect(await first.get('/local/alerts')).toMatchObject([
    { mail: [{ to: OPS, status: 'Owed', lastError: expect.stringContaining('ECONNREFUSED') }] },
  ]);
  expect(await first.end('SIGINT')).toBe(0);
  expect(first.output()).toMatch(
    /Stopping\n.*Not mailed to ops@example\.com: .+\n.*The next start will mail it\.\n$/,
  );

  const server = await startMailServer({ port });
  const second = await startLocalProcess({
    ...settings,
    ITWIN_API_URL: upstream,
    ITWIN_ACCESS_TOKEN: 'good',
    // What is told of health changes with each sweep.
    SWEEP_SECONDS: '3600',
  });
  await second.prints(`Mailed to ${OPS}`);
  const alerts = await second.get<Alert[]>('/local/alerts');
  expect(server.mails.map(({ email }) => email.subject)).toEqual([alerts[0]?.subject]);
  await expectHealthByTag(`${second.url}/health`);
  expect(await second.end('SIGINT')).toBe(0);
  expect(second.output()).not.toContain('next start');
}, 60_000);

/** `GET /health` with mail is told only to who does not know it, and a refusal has no mail. */
async function expectHealthByTag(url: string): Promise<void> {
  const ask = async (known: string) => {
    const headers = { 'if-none-match': known };
    const response = await checkedFetch(url, { headers });
    return { response, body: await response.text() };
  };
  await vi.waitUntil(async () => (await ask('W/"other"')).response.status === 200, WAIT);
  const { body } = await ask('W/"other"');
  expect(JSON.parse(body)).toHaveProperty('mail.status');
  expect(await ask('*')).toMatchObject({ response: { status: 304 }, body: '' });
  await vi.waitFor(async () => {
    const tag = (await ask('W/"other"')).response.headers.get('etag') ?? '';
    const again = await ask(`W/"another", ${tag}`);
    expect(again).toMatchObject({ response: { status: 304 }, body: '' });
    expect(again.response.headers.get('etag')).toBe(tag);
    expect(again.response.headers.get('cache-control')).toBe('private, no-cache');
  }, WAIT);
  const refused = await checkedFetch(url, { method: 'POST' });
  expect(refused.status).toBe(405);
  expect(await refused.json()).not.toHaveProperty('mail');
}

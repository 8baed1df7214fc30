import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startItwinSimulator } from '../../../local/itwin-simulator/server.ts';
import { type LocalProcess, startLocalProcess } from '../support/local-run.ts';
import { smtpError, startMailServer, type TestMailServer } from './support/mail-server.ts';

const OPS = 'ops@example.com';
const TEAM = 'team@example.com';
const NOBODY = 'nobody@example.com';
const WAIT = { timeout: 40_000, interval: 200 };

interface Alert {
  readonly subject: string;
  readonly deliveredTo: readonly string[];
  readonly mail: readonly { readonly to: string; readonly status: string }[];
}
interface Health {
  readonly status: string;
  readonly listeners: { readonly confirmed: number; readonly pending: number } | null;
  readonly mail: {
    readonly status: string;
    readonly lastError: string | null;
    readonly owed: number;
  };
}
interface Standing {
  readonly endpoint: string;
  readonly origin: string;
  readonly confirmation: string;
  readonly subscriptionId: string;
}

/** A simulator, and what starts local runs that watch it and mail by a server, all on one folder. */
async function scene() {
  const simulator = await startItwinSimulator({ accessToken: 'good' });
  onTestFinished(simulator.close);
  const dataDir = await mkdtemp(join(tmpdir(), 'extraction-monitor-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const start = (
    { settings: { port } }: TestMailServer,
    environment: Record<string, string> = {},
  ) =>
    startLocalProcess({
      ITWIN_API_URL: simulator.url,
      ITWIN_ACCESS_TOKEN: 'good',
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      ALERT_TO: OPS,
      ALERT_FROM: 'monitor@example.org',
      DATA_DIR: dataDir,
      ...environment,
    });
  const end = async (run: LocalProcess, state: 'Failed' | 'Succeeded', label: string) => {
    const jobId = simulator.addRun({ jobId: randomUUID(), steps: [{ answer: { state } }] });
    await run.post('/jobs', { jobId, label });
    return vi.waitUntil(async () => {
      const alerts = await run.get<Alert[]>('/local/alerts');
      return alerts.find(({ subject }) => subject === `${state}: ${label}`);
    }, WAIT);
  };
  return { start, end };
}

const mailsTo = ({ mails }: TestMailServer, to: string) =>
  mails.filter((mail) => mail.to.includes(to)).map(({ email }) => email);
const standings = async (run: LocalProcess) =>
  (await run.get<{ subscriptions: Standing[] }>('/subscriptions')).subscriptions;
const confirmations = async (run: LocalProcess) =>
  Object.fromEntries((await standings(run)).map((each) => [each.endpoint, each.confirmation]));
const health = async (run: LocalProcess) =>
  (await (await fetch(`${run.url}/health`)).json()) as Health;
/** Resolves once all that is on record about mails says so. */
const sees = (run: LocalProcess, isSo: (state: Health) => boolean) =>
  vi.waitUntil(async () => isSo(await health(run)), WAIT);

it('subscribers by SMS, by email, and by an address that the server refuses', async () => {
  const { start, end } = await scene();

  // Nobody is subscribed by SMS, which a mail server sends to nobody; one of before counts as lost.
  const sms = { protocol: 'sms', endpoint: '+37060000000' };
  const shown = await start(await startMailServer(), {
    SMTP_URL: '',
    ALERT_TO: '',
    ALERT_FROM: '',
  });
  expect(await (await shown.post('/subscriptions', sms)).json()).toMatchObject({
    confirmation: 'Confirmed',
  });
  await shown.end('SIGTERM');

  const server = await startMailServer({
    onRcptTo({ address }, _session, callback) {
      callback(address === NOBODY ? smtpError(550, 'No such user') : null);
    },
  });
  const run = await start(server, { TIME_ZONE: 'Europe/Vilnius' });
  const refused = await run.post('/subscriptions', { ...sms, endpoint: '+37060000001' });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('no SMS') });
  await sees(run, ({ listeners }) => listeners?.confirmed === 1);
  const [, lost] = await standings(run);
  expect(await standings(run)).toEqual([
    expect.objectContaining({ endpoint: OPS, confirmation: 'Confirmed' }),
    // It is given a minute to appear.
    expect.objectContaining({
      endpoint: sms.endpoint,
      confirmation: expect.stringMatching(/Pending|Vanished/),
    }),
  ]);
  await fetch(`${run.url}/subscriptions/${lost?.subscriptionId}`, { method: 'DELETE' });

  // Who subscribes gets a first mail, then the alerts of the filter; everything on record says so.
  const body = { protocol: 'email', endpoint: TEAM, states: ['Failed'] };
  expect(await (await run.post('/subscriptions', body)).json()).toMatchObject({
    confirmation: 'Pending',
  });
  await vi.waitUntil(async () => (await confirmations(run))[TEAM] === 'Confirmed', WAIT);
  const [first] = mailsTo(server, TEAM);
  const [team] = (await standings(run)).filter(({ endpoint }) => endpoint === TEAM);
  const stop = {
    key: 'list-unsubscribe',
    value: `<mailto:monitor@example.org?subject=unsubscribe%20${team?.subscriptionId}>`,
  };
  expect(first?.text).toMatch(/Asked for by: local, over its API, on .+ GMT\+[23]\n/);
  expect(first?.text).toContain('Only of these states: Failed');
  expect(first?.text).toContain('answer this one with the word "unsubscribe"');
  expect(first?.headers).toContainEqual(expect.objectContaining(stop));

  expect(await end(run, 'Succeeded', 'Bridge')).toMatchObject({ deliveredTo: [`email:${OPS}`] });
  await end(run, 'Failed', 'Tower');
  await sees(run, ({ mail }) => mail.owed === 0);
  expect(mailsTo(server, OPS).map(({ subject }) => subject)).toEqual([
    'Succeeded: Bridge',
    'Failed: Tower',
  ]);
  const [, alert, ...others] = mailsTo(server, TEAM);
  expect(others).toEqual([]);
  expect(alert?.subject).toBe('Failed: Tower');
  expect(alert?.headers).toContainEqual(expect.objectContaining(stop));
  expect(alert?.text).toContain('Timeline (Europe/Vilnius, as the monitor saw it)');
  for (const { email } of server.mails) expect(email.text).not.toContain(run.url);
  expect(first?.text).not.toMatch(/127\.0\.0\.1|localhost/);

  const [failed, succeeded] = await run.get<Alert[]>('/local/alerts');
  expect(failed?.mail).toMatchObject([
    { to: OPS, status: 'Sent' },
    { to: TEAM, status: 'Sent' },
  ]);
  expect(succeeded?.mail).toMatchObject([{ to: OPS, status: 'Sent' }]);
  expect(await standings(run)).toMatchObject([
    { endpoint: OPS, origin: 'Deployment', confirmation: 'Confirmed' },
    { endpoint: TEAM, origin: 'Api', confirmation: 'Confirmed' },
  ]);
  await sees(run, ({ status, listeners }) => status === 'Ok' && listeners?.confirmed === 2);

  // An address that the server refuses is not counted as reached, and whom nobody refuses is.
  await run.post('/subscriptions', { protocol: 'email', endpoint: NOBODY });
  await sees(run, ({ listeners }) => listeners?.confirmed === 2 && listeners.pending === 1);
  expect((await health(run)).mail).toMatchObject({ status: 'Up', owed: 1 });
  expect(await confirmations(run)).toEqual({
    [NOBODY]: 'Pending',
    [OPS]: 'Confirmed',
    [TEAM]: 'Confirmed',
  });
}, 120_000);

it('while the server is down that is told everywhere; when it is back, everybody gets what is owed', async () => {
  const { start, end } = await scene();
  const before = await startMailServer();
  const run = await start(before);
  await sees(run, ({ status, mail }) => status === 'Ok' && mail.status === 'Up');
  await before.close();
  await run.post('/subscriptions', { protocol: 'email', endpoint: TEAM, states: ['Failed'] });
  await run.post('/subscriptions', { protocol: 'email', endpoint: NOBODY });
  const [gone] = (await standings(run)).filter(({ endpoint }) => endpoint === NOBODY);
  await fetch(`${run.url}/subscriptions/${gone?.subscriptionId}`, { method: 'DELETE' });
  const alert = await end(run, 'Failed', 'Tower');
  expect(alert?.mail).toMatchObject([
    { to: OPS, status: 'Owed' },
    { to: TEAM, status: 'Owed' },
    { to: NOBODY },
  ]);
  await sees(run, ({ status, listeners, mail }) => {
    return status === 'Failing' && mail.status === 'Down' && listeners?.confirmed === 0;
  });
  expect((await health(run)).mail.lastError).toContain('ECONNREFUSED');
  expect(await confirmations(run)).toMatchObject({ [OPS]: 'Pending', [TEAM]: 'Pending' });
  await run.end('SIGKILL');

  const server = await startMailServer({ port: before.settings.port });
  const again = await start(server);
  await sees(again, ({ status, listeners, mail }) => {
    return status === 'Ok' && mail.status === 'Up' && mail.owed === 0 && listeners?.confirmed === 2;
  });
  expect(mailsTo(server, OPS).map(({ subject }) => subject)).toEqual(['Failed: Tower']);
  const [first, second, ...others] = mailsTo(server, TEAM);
  expect(first?.subject).toContain('You are subscribed');
  expect(second?.subject).toBe('Failed: Tower');
  expect([...others, ...mailsTo(server, NOBODY)]).toEqual([]);
  expect(await confirmations(again)).toEqual({ [OPS]: 'Confirmed', [TEAM]: 'Confirmed' });
}, 120_000);

import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { DAY } from '../../../functions/core/time.ts';
import { CorruptFile } from '../../../local/json-lines.ts';
import type { Mailer } from '../../../local/mail/mailer.ts';
import { alert } from './support/alerts.ts';
import { smtpError, startMailServer } from './support/mail-server.ts';
import { startTestMailer, until } from './support/mailer.ts';

const OPS = 'ops@example.com';
const TYPO = 'osp@example.com';
const BOSS = 'boss@example.com';

let dataDir: string;
let path: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mailer-'));
  path = join(dataDir, 'mails.jsonl');
});
afterEach(() => rm(dataDir, { recursive: true }));

/** A server that knows nobody of the name `osp`. */
const startServer = () =>
  startMailServer({
    onRcptTo({ address }, _session, callback) {
      callback(address === TYPO ? smtpError(550, 'No such user') : null);
    },
  });

it('what was not mailed is mailed at the next start, and what was mailed is not', async () => {
  const server = await startServer();
  const first = await startTestMailer(server.settings, { dataDir });
  first.take(alert('1'));
  await until(() => first.notMailed().length === 0);
  await first.stop();
  first.take(alert('2'));
  expect(first.notMailed()).toHaveLength(1);

  const second = await startTestMailer(server.settings, { dataDir });
  second.resume([alert('1'), alert('2')]);
  expect(second.notMailed()).toEqual([`${OPS}: Failed: 2`]);
  await until(() => second.notMailed().length === 0);
  expect(server.mails.map(({ email }) => email.subject)).toEqual(['Failed: 1', 'Failed: 2']);
  expect(second.statusOf(alert('1'))).toEqual(first.statusOf(alert('1')));
});

it('what was mailed is forgotten when its alert is, as it runs and at a start', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer();
  const first = await startTestMailer(server.settings, { dataDir });
  const mailed = async (id: string) => {
    first.take(alert(id));
    await until(() => first.notMailed().length === 0);
  };
  const known = ({ statusOf }: Mailer) =>
    ['1', '2', '3'].filter((id) => statusOf(alert(id))[0]?.status === 'Sent');
  await mailed('1');
  vi.setSystemTime(Date.now() + 60 * DAY);
  await mailed('2');
  expect(known(first)).toEqual(['1', '2']);
  vi.setSystemTime(Date.now() + 60 * DAY);
  await mailed('3');
  expect(known(first)).toEqual(['2', '3']);
  await first.stop();
  expect(known(await startTestMailer(server.settings, { dataDir }))).toEqual(['2', '3']);
});

it('a process killed between a mail and its record sends that mail once more', async () => {
  const server = await startServer();
  const first = await startTestMailer(server.settings, { dataDir });
  first.take(alert('1'));
  first.take(alert('2'));
  await until(() => first.notMailed().length === 0);
  await first.stop();
  const [line = '', torn = ''] = (await readFile(path, 'utf8')).split('\n');
  await rm(path);
  await appendFile(path, `${line}\n${torn.slice(0, -3)}`);

  const second = await startTestMailer(server.settings, { dataDir });
  second.resume([alert('1'), alert('2')]);
  await until(() => second.notMailed().length === 0);
  const ids = server.mails.map(({ email }) => email.messageId);
  expect(ids).toHaveLength(3);
  expect(ids[2]).toBe(ids[1]);
});

it('an alert that a misspelt address did not get goes to the one that takes its place', async () => {
  const server = await startServer();
  const first = await startTestMailer(server.settings, { dataDir, to: [TYPO, BOSS] });
  const owed = alert('1', { mailTo: [TYPO, BOSS] });
  first.take(owed);
  await until(() => server.mails.length === 1);
  await first.stop();

  const second = await startTestMailer(server.settings, { dataDir, to: [OPS, BOSS] });
  second.resume([owed]);
  await until(() => second.notMailed().length === 0);
  await second.stop();
  expect(server.mails.map(({ to }) => to)).toEqual([[BOSS], [OPS]]);

  const third = await startTestMailer(server.settings, { dataDir, to: [OPS, 'new@example.com'] });
  third.resume([owed]);
  expect(third.notMailed()).toEqual([]);
});

it('an address that is dropped before it got an alert is waited for no longer', async () => {
  const server = await startServer();
  const owed = alert('1', { mailTo: [TYPO, BOSS] });
  const first = await startTestMailer(server.settings, { dataDir, to: [TYPO, BOSS] });
  first.take(owed);
  await until(() => server.mails.length === 1);
  await first.stop();

  const second = await startTestMailer(server.settings, { dataDir, to: [BOSS] });
  second.resume([owed]);
  expect(second.notMailed()).toEqual([]);
  await second.stop();
  const third = await startTestMailer(server.settings, { dataDir, to: [BOSS, OPS] });
  third.resume([owed]);
  expect(third.notMailed()).toEqual([]);
});

it('an address that is new gets none of the alerts that were mailed before', async () => {
  const server = await startServer();
  const first = await startTestMailer(server.settings, { dataDir });
  first.take(alert('1'));
  await until(() => first.notMailed().length === 0);
  await first.stop();

  const second = await startTestMailer(server.settings, { dataDir, to: [OPS, BOSS] });
  second.resume([alert('1')]);
  expect(second.notMailed()).toEqual([]);
});

it('a disk that takes no record is told of, and no reason to send a mail again', async () => {
  const server = await startServer();
  const mailer = await startTestMailer(server.settings, { dataDir });
  await rm(path);
  await mkdir(path);
  mailer.take(alert('1'));
  await until(() =>
    mailer.told.some((text) => /^mails\.jsonl cannot be written.+EISDIR/.test(text)),
  );
  mailer.take(alert('1'));
  mailer.take(alert('2'));
  await until(() => mailer.notMailed().length === 0);
  expect(server.mails.map(({ email }) => email.subject)).toEqual(['Failed: 1', 'Failed: 2']);
});

it('a line that is no record is refused, with its place', async () => {
  const server = await startServer();
  await appendFile(path, '{"alertId":"1"}\n');
  const started = startTestMailer(server.settings, { dataDir });
  await expect(started).rejects.toThrow(CorruptFile);
  await expect(started).rejects.toThrow(`Line 1 of ${path}`);
});

it('a notice that a misspelt operator did not get goes to the operator, and to nobody else', async () => {
  const server = await startServer();
  const settings = { dataDir, to: [BOSS] };
  const notice = alert('1', { mailTo: [TYPO], attributes: { trouble: 'CredentialsRefused' } });
  const first = await startTestMailer(server.settings, { ...settings, operator: TYPO });
  first.take(notice);
  await until(() => first.told.length > 0);
  await first.stop();

  const second = await startTestMailer(server.settings, { ...settings, operator: OPS });
  second.resume([notice]);
  await until(() => second.notMailed().length === 0);
  expect(server.mails.map(({ to }) => to)).toEqual([[OPS]]);
});

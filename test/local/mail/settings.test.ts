import { describe, expect, it } from 'vitest';
import { InvalidSetting } from '../../../functions/adapters/lambda/environment.ts';
import { readMailSettings } from '../../../local/mail/settings.ts';

const TO = 'ops@example.com';
const read = (SMTP_URL: string, others: Record<string, string> = {}) =>
  readMailSettings({ SMTP_URL, ALERT_TO: TO, ...others });

function refusal(environment: Record<string, string>): InvalidSetting {
  try {
    readMailSettings(environment);
  } catch (error) {
    if (error instanceof InvalidSetting) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

it('no mail is sent unless somebody asks for it', () => {
  expect(readMailSettings({})).toBeUndefined();
  expect(readMailSettings({ SMTP_URL: '', ALERT_TO: '', ALERT_FROM: '' })).toBeUndefined();
});

describe('SMTP_URL', () => {
  it.each([
    ['smtp://localhost:1025', { host: 'localhost', port: 1025, isTlsFirst: false }],
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, isTlsFirst: false }],
    ['smtps://mail.example.com/', { host: 'mail.example.com', port: 465, isTlsFirst: true }],
    ['smtp://[::1]:25', { host: '::1', port: 25, isTlsFirst: false }],
  ])('names server, port and kind of TLS: %s', (url, server) => {
    expect(read(url)?.server).toEqual(server);
  });

  it.each([
    ['me%40example.com:p%2Fa%23s%40s', { user: 'me@example.com', password: 'p/a#s@s' }],
    ['a%3Ab:100%2541', { user: 'a:b', password: '100%41' }],
    ['me@example.com:p@ss', { user: 'me@example.com', password: 'p@ss' }],
    ['me:100%', { user: 'me', password: '100%' }],
    ['me:p%C3%A4ss:w%20rd', { user: 'me', password: 'päss:w rd' }],
  ])('holds user and password, percent-encoded where it must be: %s', (userInfo, login) => {
    expect(read(`smtps://${userInfo}@mail.example.com`)?.server.login).toEqual(login);
  });

  it.each([
    'mail.example.com',
    'localhost:1025',
    'https://me:secret@mail.example.com',
    'smtp:localhost',
    'smtp://',
    'smtp://:25',
    'smtps://me:secret/word@mail.example.com',
    'smtps://me:12#secret@mail.example.com',
    'smtps://me:secret@mail.example.com/inbox',
    'smtps://me:secret@mail.example.com?pool=true',
    'smtps://me:secret@mail.example.com:70000',
    'smtps://me@mail.example.com',
    'smtps://:secret@mail.example.com',
  ])('is refused, without a word of it, when no mail can be sent there: %s', (SMTP_URL) => {
    const { message } = refusal({ SMTP_URL, ALERT_TO: TO });
    expect(message).toMatch(/^SMTP_URL .*such as smtps:\/\/user:password@mail\.example\.com/);
    expect(message).not.toContain('secret');
  });
});

describe('ALERT_TO', () => {
  it.each([
    ['ops@example.com', ['ops@example.com']],
    ['root@localhost', ['root@localhost']],
    [' a@example.com , b+c@example.com,a@example.com', ['a@example.com', 'b+c@example.com']],
  ])('is one address or several: %s', (ALERT_TO, to) => {
    expect(read('smtp://localhost', { ALERT_TO })?.to).toEqual(to);
  });

  it.each([
    ['ops', 1],
    ['ops@example.com,', 2],
    ['ops@example.com;team@example.com', 1],
    ['ops@example.com,Team <team@example.com>', 2],
    ['ops@example.com\r\nBcc: all@example.com', 1],
    ['smtps://me:secret@mail.example.com', 1],
  ])('is refused when one of them is none: %j', (ALERT_TO, item) => {
    const { message } = refusal({ SMTP_URL: 'smtp://localhost', ALERT_TO });
    expect(message).toMatch(new RegExp(`^Item ${item} of ALERT_TO is not an email address; set `));
    expect(message).not.toContain('secret');
  });
});

describe('mails come from', () => {
  it.each([
    ['ALERT_FROM', 'me%40example.com', 'monitor@example.com', 'monitor@example.com'],
    ['the user of SMTP_URL when that is an address', 'me%40example.com', '', 'me@example.com'],
    ['the first of ALERT_TO otherwise', 'me', '', TO],
  ])('%s', (_, user, ALERT_FROM, from) => {
    expect(read(`smtp://${user}:secret@localhost`, { ALERT_FROM })?.from).toBe(from);
  });

  it('nobody else: an ALERT_FROM that is no address is refused', () => {
    const settings = { SMTP_URL: 'smtp://localhost', ALERT_TO: TO, ALERT_FROM: 'Ops <a@b.cd>' };
    expect(refusal(settings).message).toBe(
      'ALERT_FROM is not an email address; set it to one such as monitor@example.com.',
    );
  });
});

it.each([
  [
    { SMTP_URL: 'smtps://me:secret@localhost' },
    /^SMTP_URL is set, but ALERT_TO is not\. Set ALERT/,
  ],
  [{ ALERT_TO: TO }, /^ALERT_TO is set, but SMTP_URL is not\. Set SMTP_URL to .+ smtps:\/\//],
  [{ OPERATOR_EMAIL: TO }, /^OPERATOR_EMAIL is set, but SMTP_URL is not\. Set SMTP_URL to /],
  [
    { SMTP_URL: 'smtp://localhost', ALERT_TO: TO, OPERATOR_EMAIL: 'ops' },
    /^OPERATOR_EMAIL is not an email address; set it to one such as /,
  ],
  [{ ALERT_FROM: TO }, /^ALERT_FROM is set, but SMTP_URL is not\. Set SMTP_URL to /],
])('one setting without the other is refused: %j', (environment, sentence) => {
  expect(refusal(environment).message).toMatch(sentence);
  expect(refusal(environment).message).not.toContain('secret');
});

import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { alert } from './support/alerts.ts';
import { smtpError, startMailServer, type TestMailServer } from './support/mail-server.ts';
import { startTestMailer, until } from './support/mailer.ts';

const OPS = 'ops@example.com';
const BOSS = 'boss@example.com';

const subjects = ({ mails }: TestMailServer) => mails.map(({ email }) => email.subject);
const receivers = ({ mails }: TestMailServer) => mails.flatMap(({ to }) => to).sort();

it('each alert goes to every address, in order, and its record says when', async () => {
  const server = await startMailServer();
  const mailer = await startTestMailer(server.settings, { to: [OPS, BOSS] });
  const alerts = ['1', '2', '3'].map((id) => alert(id, { mailTo: [OPS, BOSS] }));
  alerts.forEach(mailer.take);
  expect(mailer.notMailed()).toHaveLength(6);
  await until(() => mailer.notMailed().length === 0);
  for (const address of [OPS, BOSS]) {
    const own = server.mails.filter(({ to }) => to.includes(address));
    expect(own.map(({ email }) => email.subject)).toEqual(['Failed: 1', 'Failed: 2', 'Failed: 3']);
  }
  const sentAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(mailer.statusOf(alert('1'))).toEqual([
    { to: OPS, status: 'Sent', sentAt },
    { to: BOSS, status: 'Sent', sentAt },
  ]);
  expect(mailer.told).toContain('Mailed to boss@example.com: Failed: 1');
});

it('what is for the operator goes to the operator, after a restart too, and to nobody else', async () => {
  const server = await startMailServer();
  const mailer = await startTestMailer(server.settings, { to: [OPS], operator: BOSS });
  mailer.resume([alert('1', { mailTo: [BOSS] })]);
  await until(() => mailer.notMailed().length === 0);
  expect(receivers(server)).toEqual([BOSS]);
});

it('an alert that is published twice is mailed once', async () => {
  const server = await startMailServer();
  const mailer = await startTestMailer(server.settings);
  mailer.take(alert('1'));
  mailer.take(alert('1', { messageId: 'published again' }));
  await until(() => mailer.notMailed().length === 0);
  mailer.take(alert('1', { messageId: 'and again' }));
  mailer.take(alert('2'));
  await until(() => mailer.notMailed().length === 0);
  expect(subjects(server)).toEqual(['Failed: 1', 'Failed: 2']);
});

it('an alert that was published when nobody was to get mail is not mailed', async () => {
  const server = await startMailServer();
  const mailer = await startTestMailer(server.settings);
  const { mailTo: _, ...unaddressed } = alert('1');
  mailer.resume([unaddressed, alert('2')]);
  await until(() => mailer.notMailed().length === 0);
  expect(subjects(server)).toEqual(['Failed: 2']);
  expect(mailer.statusOf(unaddressed)).toEqual([]);
});

describe('a mail server that is down', () => {
  it('gets every alert once it is back, and nothing twice', async () => {
    const first = await startMailServer();
    const { port } = first.settings;
    const mailer = await startTestMailer(first.settings);
    mailer.take(alert('1'));
    await until(() => first.mails.length === 1 && mailer.notMailed().length === 0);

    await first.close();
    mailer.take(alert('2'));
    mailer.take(alert('3'));
    await until(() => mailer.told.filter((text) => text.startsWith('Not mailed')).length >= 3);
    expect(mailer.notMailed()).toEqual([`${OPS}: Failed: 2`, `${OPS}: Failed: 3`]);
    expect(mailer.statusOf(alert('2'))).toEqual([
      {
        to: OPS,
        status: 'Owed',
        lastError: `No connection to the mail server: connect ECONNREFUSED 127.0.0.1:${port}`,
      },
    ]);

    const second = await startMailServer({ port });
    await until(() => mailer.notMailed().length === 0);
    expect(subjects(second)).toEqual(['Failed: 2', 'Failed: 3']);
  });

  it('is told of before the first alert', async () => {
    const server = await startMailServer();
    const up = await startTestMailer(server.settings);
    up.resume([]);
    await until(() => up.told.includes('The mail server answers'));
    await server.close();
    const down = await startTestMailer(server.settings);
    down.resume([]);
    await until(() => down.told.some((text) => /^Mails will have to wait\. No conn/.test(text)));
  });

  it('may vanish in the midst of a mail: the mail is sent again', async () => {
    let deliveries = 0;
    const server: TestMailServer = await startMailServer({
      async onData(stream, _session, callback) {
        deliveries += 1;
        stream.resume();
        await once(stream, 'end');
        if (deliveries === 1) await server.close();
        callback();
      },
    });
    const mailer = await startTestMailer(server.settings);
    mailer.take(alert('1'));
    await until(() => mailer.told.some((text) => text.startsWith('Not mailed')));
    const back = await startMailServer({ port: server.settings.port });
    await until(() => mailer.notMailed().length === 0);
    expect(subjects(back)).toEqual(['Failed: 1']);
  });
});

describe('a refusal', () => {
  it('of one address holds up no other, and is over when the address is taken', async () => {
    let isKnown = false;
    const server = await startMailServer({
      onRcptTo({ address }, _session, callback) {
        callback(address === BOSS && !isKnown ? smtpError(550, 'No such user') : null);
      },
    });
    const mailer = await startTestMailer(server.settings, { to: [OPS, BOSS] });
    for (const id of ['1', '2']) mailer.take(alert(id, { mailTo: [OPS, BOSS] }));
    await until(() => server.mails.length === 2);
    expect(receivers(server)).toEqual([OPS, OPS]);
    await until(() =>
      mailer.told.some((text) =>
        /^Not mailed to boss@example\.com: Failed: 1 \(.+\)\. The mail server refuses the receiver: 550 No such user$/.test(
          text,
        ),
      ),
    );
    isKnown = true;
    await until(() => mailer.notMailed().length === 0);
    expect(receivers(server)).toEqual([BOSS, BOSS, OPS, OPS]);
  });

  it('of one text lets later alerts pass, and the text is tried again', async () => {
    let tries = 0;
    const taken: string[] = [];
    const server = await startMailServer({
      async onData(stream, _session, callback) {
        const source = await text(stream);
        const isSpam = source.includes('Subject: Failed: spam') && ++tries < 3;
        if (!isSpam) taken.push(/^Subject: (.+)\r$/m.exec(source)?.[1] ?? '');
        callback(isSpam ? smtpError(554, 'Looks like spam') : null);
      },
    });
    const mailer = await startTestMailer(server.settings, { refusedText: 50 });
    mailer.take(alert('spam'));
    mailer.take(alert('2'));
    await until(() => mailer.notMailed().length === 0);
    expect(taken).toEqual(['Failed: 2', 'Failed: spam']);
    expect(tries).toBe(3);
  });
});

it('many addresses that are refused are no reason for a warning of the runtime', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const server = await startMailServer();
  await server.close();
  const to = Array.from({ length: 30 }, (_, number) => `ops${number}@example.com`);
  const mailer = await startTestMailer(server.settings, { to });
  mailer.take(alert('1', { mailTo: to }));
  await until(() => mailer.told.length >= 60);
  expect(warnings).toEqual([]);
});

it('a mailer that is stopped sends nothing more, but ends what it is at', async () => {
  let proceed = () => {};
  const isAsked = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  let answer = () => {};
  const server = await startMailServer({
    onRcptTo(_address, _session, callback) {
      answer = () => callback();
      proceed();
    },
  });
  const mailer = await startTestMailer(server.settings);
  mailer.take(alert('1'));
  mailer.take(alert('2'));
  await isAsked;
  const stopped = mailer.stop();
  answer();
  await stopped;
  expect(subjects(server)).toEqual(['Failed: 1']);
  expect(mailer.notMailed()).toEqual([`${OPS}: Failed: 2`]);
});

it('a first mail that was taken is not sent again, even if that cannot be kept', async () => {
  const { settings, mails } = await startMailServer();
  const endpoint = 'new@example.com';
  const subscription = {
    subscriptionId: 'c1669eda0aa96a7022059c8ea611f4fc',
    protocol: 'email',
    endpoint,
    subscribedAt: 0,
    subscribedBy: 'somebody',
    updatedAt: 0,
    updatedBy: 'somebody',
    filter: {},
    version: 1,
  };
  const mailer = await startTestMailer(settings, { subscription });
  const onFullDisk = () => Promise.reject(new Error('ENOSPC: no space left on device'));
  mailer.welcome(endpoint, onFullDisk, onFullDisk);
  await until(() => mailer.told.some((words) => words.includes('ENOSPC')));
  mailer.take({ ...alert('1'), mailTo: [endpoint] });
  await until(() => mails.some(({ email }) => email.subject === alert('1').subject));
  expect(mails).toHaveLength(2);
});

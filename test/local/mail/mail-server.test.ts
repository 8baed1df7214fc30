import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../functions/core/time.ts';
import {
  connectMailServer,
  NotMailed,
  TextRefused,
  watchMailServer,
} from '../../../local/mail/mail-server.ts';
import { messageOf } from '../../../local/mail/message.ts';
import type { MailServerSettings } from '../../../local/mail/settings.ts';
import { alert } from './support/alerts.ts';
import { smtpError, startMailServer } from './support/mail-server.ts';

const LOGIN = { user: 'me@example.com', password: 'päss/two  words' };
const MESSAGE = messageOf(alert('7'), 'monitor@example.org', 'ops@example.com');

async function failure(settings: MailServerSettings): Promise<Error> {
  const sent = connectMailServer(settings).send(MESSAGE);
  return sent.then(
    () => Promise.reject(new Error('It was sent')),
    (error) => error,
  );
}

describe('a mail that is not taken', () => {
  it('says so when nobody listens', async () => {
    const { settings, close } = await startMailServer();
    await close();
    const error = await failure(settings);
    expect(error).toBeInstanceOf(NotMailed);
    expect(error.message).toBe(
      `No connection to the mail server: connect ECONNREFUSED 127.0.0.1:${settings.port}`,
    );
  });

  it.each([
    ['sender', { onMailFrom: refuseWith(553, 'Who is that?') }, '553 Who is that?'],
    ['receiver', { onRcptTo: refuseWith(550, 'No such user') }, '550 No such user'],
    ['receiver', { onRcptTo: refuseWith(451, 'Come back later') }, '451 Come back later'],
    ['mail', { onData: refuseWith(451, 'Disk full') }, '451 Disk full'],
  ])('says who refused what, in the words of the server: %s', async (what, options, words) => {
    const { settings } = await startMailServer(options);
    const error = await failure(settings);
    expect(error).toBeInstanceOf(NotMailed);
    expect(error).not.toBeInstanceOf(TextRefused);
    expect(error.message).toBe(`The mail server refuses the ${what}: ${words}`);
  });

  it('is told apart when only its text is refused for good', async () => {
    const { settings } = await startMailServer({ onData: refuseWith(554, 'Looks like spam') });
    const error = await failure(settings);
    expect(error).toBeInstanceOf(TextRefused);
    expect(error.message).toBe('The mail server refuses the mail: 554 Looks like spam');
  });

  it('cannot fill the terminal, or write anywhere else on it', async () => {
    const words = `\u001b[2J${'long '.repeat(200)}`;
    const { settings } = await startMailServer({ onRcptTo: refuseWith(550, words) });
    const { message } = await failure(settings);
    expect(message).toMatch(/^The mail server refuses the receiver: 550 \P{Cc}+$/u);
    expect(message.length).toBeLessThan(400);
  });
});

describe('user and password', () => {
  it('open a server that asks for them', async () => {
    const seen: unknown[] = [];
    const { settings, mails } = await startMailServer({
      authOptional: false,
      onAuth(auth, _session, callback) {
        seen.push({ user: auth.username, password: auth.password });
        callback(null, { user: auth.username });
      },
    });
    const server = connectMailServer({ ...settings, login: LOGIN });
    await server.verify();
    await server.send(MESSAGE);
    expect(seen).toEqual([LOGIN, LOGIN]);
    expect(mails).toHaveLength(1);
  });

  it.each([
    ['plain', LOGIN.password],
    ['in base64', Buffer.from(LOGIN.password).toString('base64')],
    ['as sent', Buffer.from(`\0${LOGIN.user}\0${LOGIN.password}`).toString('base64')],
    ['with a hyphen that is not seen', 'p\u00e4ss/t\u00adwo  words'],
    ['in letters of two parts', 'pa\u0308ss/two  words'],
    ['over two lines', 'päss/two \n words'],
    ['in capitals', 'PÄSS/TWO  WORDS'],
  ])(
    'that are refused are told without the password, even if the server repeats it %s',
    async (_, echo) => {
      const { settings } = await startMailServer({
        onAuth: (_auth, _session, callback) => callback(smtpError(535, `Not ${echo} again`)),
      });
      const server = connectMailServer({ ...settings, login: LOGIN });
      const told = /^The mail server refuses the user or the password of SMTP_URL: 535 \*\*\*$/;
      await expect(server.verify()).rejects.toThrow(told);
      await expect(server.send(MESSAGE)).rejects.toThrow(told);
    },
  );

  // Every address of this machine but the ones that everybody knows to be its own.
  const ELSEWHERE = { host: '0.0.0.0' };

  it.each([
    ['has no TLS', { hideSTARTTLS: true }],
    ['has a certificate that is not valid', {}],
  ])('are not sent to another machine that %s', async (_, options) => {
    let logins = 0;
    const { settings } = await startMailServer({
      ...options,
      allowInsecureAuth: true,
      onAuth(auth, _session, callback) {
        logins += 1;
        callback(null, { user: auth.username });
      },
    });
    const error = await failure({ ...settings, ...ELSEWHERE, login: LOGIN });
    expect(error.message).toMatch(/^No connection to the mail server: .*(STARTTLS|certificate)/);
    expect(logins).toBe(0);
  });

  it('are not needed: a mail goes to another machine with as much TLS as that has', async () => {
    const secure: boolean[] = [];
    const { settings, mails } = await startMailServer({
      onMailFrom(_address, session, callback) {
        secure.push(session.secure);
        callback();
      },
    });
    await connectMailServer({ ...settings, ...ELSEWHERE }).send(MESSAGE);
    expect({ secure, mails: mails.length }).toEqual({ secure: [true], mails: 1 });
  });
});

describe('a server that looks through a mail for long', () => {
  it('is waited for: what was given up too early would be sent again and again', async () => {
    faster();
    const { settings } = await startMailServer({
      socketTimeout: HOUR,
      async onData(stream, _session, callback) {
        await text(stream);
        setTimeout(callback, (5 * MINUTE) / FASTER);
      },
    });
    await connectMailServer(settings).send(MESSAGE);
  });

  it('gets nothing any more of a mail that was given up', async () => {
    const isOver = Promise.withResolvers<void>();
    const { settings } = await startMailServer({
      onMailFrom: () => undefined,
      onClose: () => isOver.resolve(),
    });
    const server = connectMailServer(settings, { send: 200, verify: 200 });
    await expect(server.send(MESSAGE)).rejects.toThrow('takes too long');
    await isOver.promise;
  });
});

describe('a server that takes too long', () => {
  it.each(['send', 'verify'] as const)(
    'is given up and is down, however it drips: %s',
    async (what) => {
      const dripping = createServer((socket) => {
        socket.on('error', () => undefined).write('220 ready\r\n');
        // The lines of an answer that has no last one.
        const drip = setInterval(() => socket.write('250-and more\r\n'), 20);
        socket.on('close', () => clearInterval(drip));
        onTestFinished(() => void socket.destroy());
      });
      await once(dripping.listen(0, '127.0.0.1'), 'listening');
      onTestFinished(() => void dripping.close());
      const { port } = dripping.address() as AddressInfo;
      const patience = { send: 200, verify: 200 };
      const server = connectMailServer({ host: '127.0.0.1', port, isTlsFirst: false }, patience);
      await expect(server[what](MESSAGE)).rejects.toMatchObject({
        name: 'NotMailed',
        message: 'The mail server takes too long.',
        isServerDown: true,
      });
    },
  );
});

describe('whoever looks how the server is', () => {
  /** Looks every 4 s for so many minutes, as an open page does, at two places. */
  async function look(password: string, minutes: number) {
    let logins = 0;
    const { settings } = await startMailServer({
      onAuth(auth, _session, callback) {
        logins += 1;
        if (auth.password === LOGIN.password) callback(null, { user: auth.username });
        else callback(smtpError(535, 'No'));
      },
    });
    let now = Date.UTC(2026, 0, 1);
    const server = watchMailServer({ ...settings, login: { ...LOGIN, password } }, () => now);
    for (const end = now + minutes * MINUTE; now < end; now += 4 * SECOND) {
      await Promise.all([server.refresh(), server.refresh()]);
    }
    return { logins, state: server.state() };
  }

  it('has it log in every five minutes', async () => {
    const { logins, state } = await look(LOGIN.password, 60);
    expect(logins).toBe(12);
    expect(state).toMatchObject({ status: 'Up', downSince: null });
  });

  it('does not have it try a refused password again and again', async () => {
    const { logins, state } = await look('wrong', 60);
    expect(logins).toBeLessThan(12);
    expect(state).toMatchObject({ status: 'Down', downSince: '2026-01-01T00:00:00.000Z' });
  });
});

it('a server may want TLS before the first word', async () => {
  const { settings, mails } = await startMailServer({ secure: true });
  await connectMailServer({ ...settings, isTlsFirst: true }).send(MESSAGE);
  expect(mails).toHaveLength(1);
});

/** So many times. More, and a machine that stands still for a moment would be silence. */
const FASTER = 200;

/** How long sockets wait in silence. */
function faster(): void {
  const wait = Socket.prototype.setTimeout;
  vi.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (
    this: Socket,
    ms,
    onTimeout,
  ) {
    return wait.call(this, ms / FASTER, onTimeout);
  });
}

/** A handler of the server that refuses whatever it is given. */
function refuseWith(code: number, words: string) {
  return (...given: readonly unknown[]) => {
    const [subject] = given;
    const callback = given.at(-1) as (error: Error) => void;
    const refuse = () => callback(smtpError(code, words));
    if (subject instanceof Readable) subject.resume().once('end', refuse);
    else refuse();
  };
}

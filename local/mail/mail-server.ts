import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { oneLine } from '../../functions/core/text.ts';
import { isoTime, MINUTE, SECOND } from '../../functions/core/time.ts';
import type { MailServerSettings } from './settings.ts';

/** The server that takes the mails, each in a connection of its own. */
export interface MailServer {
  /**
   * Resolves once the server has taken the mail for its receiver.
   *
   * @throws {TextRefused} what is in the mail is refused for good; any other may be taken
   * @throws {NotMailed} anything else is the matter
   */
  send(message: SendMailOptions): Promise<void>;
  /**
   * Resolves when the server answers and takes user and password.
   *
   * @throws {NotMailed}
   */
  verify(): Promise<void>;
}

/** The server did not take a mail; the message says why, in plain words and the server's own. */
export class NotMailed extends Error {
  override readonly name: string = 'NotMailed';
  /** Whether it would take no other mail either. */
  readonly isServerDown: boolean;

  constructor(message: string, isServerDown = true) {
    super(message);
    this.isServerDown = isServerDown;
  }
}

/** The server refuses what is in a mail, whoever is to get it. */
export class TextRefused extends NotMailed {
  override readonly name = 'TextRefused';
}

/** Where nobody can listen in between. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/i;

/** What a refused command means; the first that fits. */
const MEANINGS: readonly (readonly [command: RegExp, meaning: string])[] = [
  [/^AUTH/, 'The mail server refuses the user or the password of SMTP_URL'],
  [/^MAIL FROM/, 'The mail server refuses the sender'],
  [/^RCPT TO/, 'The mail server refuses the receiver'],
  [/^DATA/, 'The mail server refuses the mail'],
];
/** What is about one mail alone. */
const OF_ONE_MAIL = /^(MAIL FROM|RCPT TO|DATA)/;
/**
 * How long (ms) to wait for a server that does not say anything: at first, and in the midst of a mail. One
 * that looks through a mail may take so long [RFC 5321, section 4.5.3.2.6]; it has taken what was given
 * up too early, and would get it again and again.
 */
const SILENCE = { first: 10 * SECOND, later: 10 * MINUTE };
/** The most time (ms) for one mail, and for a look: a server that drips never falls silent. */
const PATIENCE = { send: 20 * MINUTE, verify: MINUTE };
const NO_CONNECTION = 'No connection to the mail server';

/** The most that is told of a server's own words, in characters. */
const WORDS_LENGTH = 300;

/**
 * Talks SMTP to a server. User and password travel under TLS with a valid certificate or not at
 * all, except to this machine itself, whose mail server rarely has one. Where nothing is secret, TLS
 * is used as far as the server can.
 */
export function connectMailServer(
  settings: MailServerSettings,
  patience: typeof PATIENCE = PATIENCE,
): MailServer {
  const { host, port, isTlsFirst, login } = settings;
  const isSecured = (isTlsFirst || login !== undefined) && !LOOPBACK.test(host);
  const transport = createTransport({
    host,
    port,
    secure: isTlsFirst,
    requireTLS: isSecured,
    connectionTimeout: SILENCE.first,
    greetingTimeout: SILENCE.first,
    socketTimeout: SILENCE.later,
    tls: { rejectUnauthorized: isSecured },
    ...(login && { auth: { user: login.user, pass: login.password } }),
  });
  const explained = (error: NodemailerError): never => {
    const isText = error.code === 'EMESSAGE' && error.permanent === true;
    const words = withoutSecrets(error.response ?? error.message, login);
    // Without a cause: what the server answered may hold the password.
    const isDown = error.code !== 'EMESSAGE' && !OF_ONE_MAIL.test(error.command ?? '');
    throw new (isText ? TextRefused : NotMailed)(inPlainWords(words, error.command), isDown);
  };
  return {
    send: (message) =>
      inTime(patience.send, (signal) =>
        transport.sendMail({ ...message, signal }).catch(explained),
      ),
    verify: () => inTime(patience.verify, () => transport.verify().catch(explained)),
  };
}

/**
 * What takes longer has failed: nodemailer has no limit of its own for the whole.
 *
 * @param attempt gets what aborts when it is over: a mail given up that went on could still arrive
 */
async function inTime(
  patience: number,
  attempt: (over: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  const tooLong = sleep(patience, undefined, { signal }).then(() => {
    throw new NotMailed('The mail server takes too long.');
  });
  try {
    await Promise.race([attempt(signal), tooLong]);
  } finally {
    ended.abort();
  }
}

function inPlainWords(words: string, command = ''): string {
  const [, meaning = NO_CONNECTION] = MEANINGS.find(([pattern]) => pattern.test(command)) ?? [];
  return `${meaning}: ${oneLine(words).slice(0, WORDS_LENGTH)}`;
}

/**
 * A server may repeat in its answer what it did not understand, in the encodings of SMTP's logins, and
 * cut or written otherwise. Then its code is all that is told.
 */
function withoutSecrets(text: string, login: MailServerSettings['login']): string {
  if (login === undefined) return text;
  const { user, password } = login;
  const secrets = [password, base64(password), base64(`\0${user}\0${password}`)];
  const words = bare(text.replace(/^\d{3}[ -]/gm, ''));
  const isRepeated = secrets.some((secret) => words.includes(bare(secret)));
  const [code = ''] = /^\d{3}/.exec(text) ?? [];
  return isRepeated ? `${code} ***`.trim() : text;
}

/** Letters and digits alone: they stay what they are when a text is split, or spelled otherwise. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A mail server, and what the last try told of it. */
export interface WatchedMailServer extends MailServer {
  isDown(): boolean;
  /** Asks it how it is, when the last try is some while ago. Never throws. */
  refresh(): Promise<void>;
  state(): Pick<MailHealth, 'status' | 'downSince' | 'lastError'>;
}

/** How the mail server is doing. */
export interface MailHealth {
  readonly status: 'Up' | 'Down';
  /** Since when it is down; ISO 8601, UTC. */
  readonly downSince: string | null;
  readonly lastError: string | null;
  /** Mails that it has not taken yet. */
  readonly owed: number;
}

/**
 * How long (ms) what the last try told is good for: a server that is up, and one that is down, at first
 * and at most. Whoever looks at `/health` asks with each look, and providers count logins: with a wrong
 * password they would lock the account.
 */
const GOOD_FOR = { up: 5 * MINUTE, down: 10 * SECOND, downAtMost: 15 * MINUTE };

/**
 * Watches how a mail server is doing: one that refuses a mail or an address is up.
 *
 * @param now the time (ms since the epoch)
 */
export function watchMailServer(
  settings: MailServerSettings,
  now: () => number = Date.now,
): WatchedMailServer {
  const server = connectMailServer(settings);
  let askAt = 0;
  let asking: Promise<void> | undefined;
  let down: { readonly since: number; readonly error: string; readonly wait: number } | undefined;

  async function watched(attempt: Promise<void>): Promise<void> {
    try {
      await attempt;
      down = undefined;
    } catch (error) {
      const isDown = !(error instanceof NotMailed) || error.isServerDown;
      down = isDown ? downFor(error) : undefined;
      throw error;
    } finally {
      askAt = now() + (down?.wait ?? GOOD_FOR.up);
    }
  }
  function downFor(error: unknown) {
    const wait = down ? Math.min(2 * down.wait, GOOD_FOR.downAtMost) : GOOD_FOR.down;
    return { since: down?.since ?? now(), error: wordsOf(error), wait };
  }
  async function ask(): Promise<void> {
    await watched(server.verify()).catch(() => undefined);
    asking = undefined;
  }
  return {
    send: (message) => watched(server.send(message)),
    verify: () => watched(server.verify()),
    isDown: () => down !== undefined,
    async refresh() {
      if (now() < askAt) return;
      asking ??= ask();
      await asking;
    },
    state: () => ({
      status: down ? 'Down' : 'Up',
      downSince: down ? isoTime(down.since) : null,
      lastError: down?.error ?? null,
    }),
  };
}

/** What an error says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

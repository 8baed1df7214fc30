import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { oneLine } from '../../functions/core/text.ts';
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
const NO_CONNECTION = 'No connection to the mail server';

/** The most that is told of a server's own words, in characters. */
const WORDS_LENGTH = 300;

/**
 * Talks SMTP to a server. User and password travel under TLS with a valid certificate or not at
 * all, except to this machine itself, whose mail server rarely has one. Where nothing is secret, TLS
 * is used as far as the server can.
 */
export function connectMailServer(settings: MailServerSettings): MailServer {
  const { host, port, isTlsFirst, login } = settings;
  const isSecured = (isTlsFirst || login !== undefined) && !LOOPBACK.test(host);
  const transport = createTransport({
    host,
    port,
    secure: isTlsFirst,
    requireTLS: isSecured,
    tls: { rejectUnauthorized: isSecured },
    ...(login && { auth: { user: login.user, pass: login.password } }),
  });
  const explained = (error: NodemailerError): never => {
    const isText = error.code === 'EMESSAGE' && error.permanent === true;
    const words = withoutSecrets(error.response ?? error.message, login);
    // Without a cause: what the server answered may hold the password.
    throw new (isText ? TextRefused : NotMailed)(inPlainWords(words, error.command));
  };
  return {
    send: (message) => transport.sendMail(message).then(() => undefined, explained),
    verify: () => transport.verify().then(() => undefined, explained),
  };
}

function inPlainWords(words: string, command = ''): string {
  const [, meaning = NO_CONNECTION] = MEANINGS.find(([pattern]) => pattern.test(command)) ?? [];
  return `${meaning}: ${oneLine(words).slice(0, WORDS_LENGTH)}`;
}

/** A server may repeat in its answer what it did not understand, in the encodings of SMTP's logins. */
function withoutSecrets(text: string, login: MailServerSettings['login']): string {
  if (login === undefined) return text;
  const { user, password } = login;
  return [password, base64(password), base64(`\0${user}\0${password}`)].reduce(
    (rest, secret) => rest.replaceAll(secret, '***'),
    text,
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { MailServerSettings } from '../../../../local/mail/settings.ts';

/** A mail as it came in: what the envelope said, the source, and what a mail program reads in it. */
interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
  readonly email: Email;
}

/** An SMTP server that keeps what it gets. */
export interface TestMailServer {
  readonly settings: MailServerSettings;
  readonly mails: readonly ReceivedMail[];
  /** Goes away in the midst of whatever it does. */
  close(): Promise<void>;
}

/** A refusal in the words of SMTP. */
export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/**
 * Starts a server on a port of 127.0.0.1, any free one unless `port` is given, for the length of one
 * test. It takes any mail from anybody, with the certificate that the package brings for `localhost`.
 */
export async function startMailServer(
  options: SMTPServerOptions & { readonly port?: number } = {},
): Promise<TestMailServer> {
  const mails: ReceivedMail[] = [];
  const { port = 0, ...overrides } = options;
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username }),
    async onData(stream, { envelope }, callback) {
      const source = await text(stream);
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      const to = envelope.rcptTo.map(({ address }) => address);
      mails.push({ from, to, source, email: await PostalMime.parse(source) });
      callback();
    },
    ...overrides,
  });
  // What goes wrong in a connection is for the client to tell.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const close = async () => {
    if (!server.server.listening) return;
    const closed = once(server.server, 'close');
    for (const { _socket } of server.connections) _socket.destroy();
    server.close();
    await closed;
  };
  onTestFinished(close);
  const { port: taken } = server.server.address() as AddressInfo;
  return { settings: { host: '127.0.0.1', port: taken, isTlsFirst: false }, mails, close };
}

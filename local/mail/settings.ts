import { unescape as percentDecoded } from 'node:querystring';
import { z } from 'zod';
import { type Environment, InvalidSetting } from '../../functions/adapters/lambda/environment.ts';

/** To whom alerts are mailed, and how. */
export interface MailSettings {
  readonly server: MailServerSettings;
  /** The address that mails come from. */
  readonly from: string;
  /** The addresses that get every alert; at least one, each once. */
  readonly to: readonly string[];
  /** Who gets the notices to the operator. Absent: the terminal alone. */
  readonly operator?: string;
}

/** A server that takes mail by SMTP. */
export interface MailServerSettings {
  readonly host: string;
  readonly port: number;
  /** Whether TLS comes before the first word, rather than by STARTTLS. */
  readonly isTlsFirst: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

/** Ports for mail to be passed on, by scheme [RFC 8314, section 3.3; RFC 6409, section 3.1]. */
const PORTS: ReadonlyMap<string, number> = new Map([
  ['smtps:', 465],
  ['smtp:', 587],
]);
const EXAMPLE = 'smtps://user:password@mail.example.com';

/** As web pages check it [HTML standard, valid email address]: `root@localhost` is one too. */
const emailAddress = z.email({ pattern: z.regexes.html5Email });

/**
 * Reads `SMTP_URL`, `ALERT_TO`, `ALERT_FROM` and `OPERATOR_EMAIL`; nothing when none of them is set. No message holds
 * what was set, since there may be a password in it.
 *
 * @throws InvalidSetting, which says what to set
 */
export function readMailSettings(environment: Environment): MailSettings | undefined {
  const { SMTP_URL: url, ALERT_TO: to, ALERT_FROM: from, OPERATOR_EMAIL: operator } = environment;
  if (!url && !to && !from && !operator) return undefined;
  if (!url) {
    const set = to ? 'ALERT_TO' : from ? 'ALERT_FROM' : 'OPERATOR_EMAIL';
    throw new InvalidSetting(
      `${set} is set, but SMTP_URL is not. ` +
        `Set SMTP_URL to the server that takes the mail, as in ${EXAMPLE}.`,
    );
  }
  if (!to) {
    throw new InvalidSetting(
      'SMTP_URL is set, but ALERT_TO is not. Set ALERT_TO to the email addresses that get the alerts.',
    );
  }
  const server = serverSettings(url);
  const receivers = addresses(to);
  if (operator && !isEmailAddress(operator)) {
    throw new InvalidSetting(
      'OPERATOR_EMAIL is not an email address; set it to one such as ops@example.com.',
    );
  }
  return {
    server,
    from: sender(from, server, receivers),
    to: receivers,
    ...(operator && { operator }),
  };
}

function serverSettings(value: string): MailServerSettings {
  const url = URL.parse(value);
  const port = url && PORTS.get(url.protocol);
  const isHostAlone =
    url && url.hostname !== '' && /^\/?$/.test(url.pathname + url.search + url.hash);
  if (!port || !isHostAlone) {
    throw new InvalidSetting(
      `SMTP_URL is not the address of a mail server; set it to one such as ${EXAMPLE} or ` +
        'smtp://localhost:1025. Characters such as % / # ? in a password are written as %25 %2F %23 %3F.',
    );
  }
  if ((url.username === '') !== (url.password === '')) {
    throw new InvalidSetting(
      `SMTP_URL has a user or a password, but not both; set it to an address such as ${EXAMPLE}.`,
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || port,
    isTlsFirst: url.protocol === 'smtps:',
    ...(url.username && {
      login: { user: percentDecoded(url.username), password: percentDecoded(url.password) },
    }),
  };
}

function addresses(value: string): readonly string[] {
  const all = value.split(',').map((address) => address.trim());
  const wrong = all.findIndex((address) => !isEmailAddress(address));
  if (wrong === -1) return [...new Set(all)];
  throw new InvalidSetting(
    `Item ${wrong + 1} of ALERT_TO is not an email address; ` +
      'set it to addresses with commas between them, such as ops@example.com,team@example.com.',
  );
}

function sender(
  value: string | undefined,
  { login }: MailServerSettings,
  [firstReceiver = '']: readonly string[],
): string {
  if (!value) return login && isEmailAddress(login.user) ? login.user : firstReceiver;
  if (isEmailAddress(value)) return value;
  throw new InvalidSetting(
    'ALERT_FROM is not an email address; set it to one such as monitor@example.com.',
  );
}

function isEmailAddress(value: string): boolean {
  return emailAddress.safeParse(value).success;
}

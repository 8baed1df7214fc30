import { type DigestSchedule, parseDigestAt } from '../../core/alerts/digest-schedule.ts';
import type { Receiver } from '../../core/alerts/listeners.ts';
import { UUID } from '../../core/kinds/kind.ts';

/** Environment variables, as Lambda and the shell hand them over. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or wrong: the message says which, and what to write instead. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

/**
 * A setting that there is no doing without.
 *
 * @param meaning what to set it to, as the end of a sentence
 * @throws InvalidSetting
 */
export function requiredSetting(
  environment: Environment,
  variable: string,
  meaning: string,
): string {
  const value = environment[variable];
  if (!value) throw new InvalidSetting(`Set ${variable} to ${meaning}.`);
  return value;
}

/**
 * A setting that is a whole number.
 *
 * @throws InvalidSetting when it is anything else, or out of range
 */
export function integerSetting(
  environment: Environment,
  variable: string,
  range: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const value = environment[variable];
  if (!value) return range.fallback;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= range.min && number <= range.max) return number;
  throw new InvalidSetting(
    `${variable} is "${value}"; set it to a whole number from ${range.min} to ${range.max}.`,
  );
}

/**
 * A setting that is true or false.
 *
 * @throws InvalidSetting when it is anything else
 */
export function switchSetting(
  environment: Environment,
  variable: string,
  fallback: boolean,
): boolean {
  const value = environment[variable] || String(fallback);
  if (/^(1|true)$/.test(value)) return true;
  if (/^(0|false)$/.test(value)) return false;
  throw new InvalidSetting(`${variable} is "${value}"; set it to true or false.`);
}

/**
 * After how many minutes somebody is reminded of a job that does not say, from `REMIND_AFTER_MINUTES`.
 *
 * @returns 0: never
 * @throws InvalidSetting
 */
export function reminderSetting(environment: Environment): number {
  const range = { min: 0, max: 10_079, fallback: 0 };
  return integerSetting(environment, 'REMIND_AFTER_MINUTES', range);
}

/** Where nobody can listen in between. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * A setting that is an https address; on this machine http does too.
 *
 * @throws InvalidSetting when it is anything else, since credentials are sent there
 */
export function urlSetting(environment: Environment, variable: string, fallback: string): URL {
  const value = environment[variable] || fallback;
  const url = URL.parse(value);
  const isUsable = url && !hasPassword(url);
  if (isUsable && url.protocol === 'https:') return url;
  if (isUsable && url.protocol === 'http:' && LOOPBACK.test(url.hostname)) return url;
  const wrong = url && hasPassword(url) ? 'has a user or a password in it' : `is "${value}"`;
  throw new InvalidSetting(`${variable} ${wrong}; set it to an address such as ${fallback}.`);
}

/** What `fetch` refuses, and what must not stand in a mail. */
function hasPassword({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/**
 * What tells the metrics of one deployment from those of another in the same account and region: the
 * stack's name, from `STACK_NAME`. A local run has none.
 */
export function stackDimension({ STACK_NAME: stack }: Environment): Record<string, string> {
  return stack ? { stack } : {};
}

/** Bentley's public API [iTwin Platform documentation]. */
const API_URL = 'https://api.bentley.com';

/** Where the iTwin Platform API is, from `ITWIN_API_URL`. @throws InvalidSetting */
export function apiUrlSetting(environment: Environment): URL {
  return urlSetting(environment, 'ITWIN_API_URL', API_URL);
}

/**
 * A setting that is a time zone.
 *
 * @returns its IANA name, `UTC` when nothing is set
 * @throws InvalidSetting when there is no such zone
 */
export function timeZoneSetting(environment: Environment): string {
  const timeZone = environment.TIME_ZONE || 'UTC';
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch (cause) {
    throw new InvalidSetting(
      `TIME_ZONE is "${timeZone}"; set it to a time zone such as Europe/Vilnius.`,
      { cause },
    );
  }
}

/** When digests are due, from `DIGEST_AT`: in `TIME_ZONE` unless it names a zone. @throws InvalidSetting */
export function digestSetting(environment: Environment): DigestSchedule {
  const { DIGEST_AT: text = '' } = environment;
  const schedule = parseDigestAt(text, timeZoneSetting(environment));
  if (schedule) return schedule;
  throw new InvalidSetting(
    `DIGEST_AT is "${text}"; set it to a time such as 07:00, Mon-Fri 07:00 or Mon,Thu 18:30 Europe/Vilnius.`,
  );
}

const RECEIVER = /^(?<protocol>[a-z-]+):(?<endpoint>.+)$/;

/**
 * Whom the deployment subscribes to the topic, from `DECLARED_SUBSCRIPTIONS`: nobody when there is
 * no such variable.
 *
 * @throws InvalidSetting, which says what to set
 */
export function declaredReceivers(environment: Environment): readonly Receiver[] {
  const { DECLARED_SUBSCRIPTIONS: text } = environment;
  if (!text) return [];
  try {
    return (JSON.parse(text) as readonly unknown[]).map(receiverOf);
  } catch (cause) {
    throw new InvalidSetting(
      'Set DECLARED_SUBSCRIPTIONS to JSON such as ["email:team@example.com","sms:+37060000000"].',
      { cause },
    );
  }
}

function receiverOf(declared: unknown): Receiver {
  const { protocol, endpoint } = RECEIVER.exec(String(declared))?.groups ?? {};
  if (!protocol || !endpoint) throw new TypeError(`${declared} names no protocol and endpoint.`);
  return { protocol, endpoint };
}

/**
 * Where people find the page, from `PAGE_URL`. No credentials go there, so it may be without TLS.
 *
 * @returns the address with a slash at its end
 * @throws InvalidSetting
 */
export function pageUrlSetting({ PAGE_URL: value = '' }: Environment): string {
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol) && !/[?#]/.test(value) && !hasPassword(url)) {
    return url.href.replace(/\/?$/, '/');
  }
  throw new InvalidSetting(
    `PAGE_URL is "${value}"; set it to an address such as https://monitor.example.com.`,
  );
}

/**
 * The iModels that the deployment has watched, from `IMODELS`: ids with commas between them, in lower case.
 *
 * @throws InvalidSetting when one is no UUID
 */
export function declaredIModels({ IMODELS = '' }: Environment): readonly string[] {
  const ids = IMODELS.split(',').flatMap((id) => id.trim().toLowerCase() || []);
  const wrong = ids.find((id) => !UUID.test(id));
  if (wrong === undefined) return [...new Set(ids)];
  throw new InvalidSetting(
    `IMODELS has "${wrong}" in it; set it to ids of iModels, which are UUIDs, with commas between them.`,
  );
}

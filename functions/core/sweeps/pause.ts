import { HOUR, MINUTE, SECOND } from '../time.ts';
import type { Cause } from './causes.ts';

/** Why no request may be made for a while. */
export type PauseReason =
  /** 429: the subscription's rate limit is used up; or its quota, which the gateway says with 403. */
  | 'RateLimited'
  /** The token endpoint or the status endpoint refuses our credentials. */
  | 'CredentialsRefused'
  /** The status endpoint or the token endpoint answers with 5xx, or not at all. */
  | 'UpstreamDown'
  /** Every job that was seen before is missing all at once. */
  | 'UpstreamFault';

/** A time without requests. */
export interface Pause {
  /** ms since the epoch; no request leaves before. */
  readonly until: number;
  readonly reason: PauseReason;
  /** What the reason comes of, where that is told apart. Absent: the reason is all that is known. */
  readonly cause?: Cause;
  /** Which credentials were refused: a version, never the credentials. */
  readonly credentials?: string;
}

const FIRST_BACKOFF = MINUTE;
const MAX_BACKOFF = 15 * MINUTE;

/**
 * How long (ms) to pause after a fault that says nothing about when it is over: 1 min, doubling up
 * to 15.
 *
 * @param pauseCount pauses in a row before this one
 */
export function backoff(pauseCount: number): number {
  return Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** pauseCount);
}

const DEFAULT_WAIT = MINUTE;
/** The longest (ms) that upstream can have us wait. */
export const MAX_WAIT = HOUR;

/** When requests may leave again after a 429 (ms since the epoch): by its `retry-after`, else in 60 s. */
export function retryAt(header: string | null, now: number): number {
  return retryAfter(header, now) ?? now + DEFAULT_WAIT;
}

/**
 * The time (ms since the epoch) that a `retry-after` names in seconds or as an HTTP date
 * [RFC 9110, section 10.2.3], at most 1 h ahead; undefined when it is absent or anything else.
 */
export function retryAfter(header: string | null, now: number): number | undefined {
  const wait = waitOf(header?.trim() ?? '', now);
  return wait === undefined ? undefined : now + Math.min(MAX_WAIT, Math.max(0, wait));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
/** The three forms of a date in HTTP, all of them in UTC [RFC 9110, section 5.6.7]. */
const HTTP_DATES = [
  String.raw`[A-Z][a-z]{2}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${CLOCK} GMT`,
  String.raw`[A-Z][a-z]{5,8}, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${CLOCK} GMT`,
  String.raw`[A-Z][a-z]{2} ${MONTH} (?<day>[ \d]\d) ${CLOCK} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`));

function waitOf(header: string, now: number): number | undefined {
  if (/^\d+$/.test(header)) return Number(header) * SECOND;
  for (const form of HTTP_DATES) {
    const date = form.exec(header)?.groups;
    if (date) return dateOf(date, now) - now;
  }
  return undefined;
}

function dateOf(date: Readonly<Record<string, string>>, now: number): number {
  const { year = '', month = '', day, hour, minute, second } = date;
  const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100;
  const fullYear = year.length === 2 ? century + Number(year) : Number(year);
  return Date.UTC(
    fullYear,
    MONTHS.indexOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
}

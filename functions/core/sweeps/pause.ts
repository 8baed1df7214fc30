import { HOUR, MINUTE, SECOND } from '../time.ts';

/** Why no request may be made for a while. */
export type PauseReason =
  /** 429: the subscription's rate limit is used up. */
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
const MAX_WAIT = HOUR;

/**
 * When requests may leave again after a 429 (ms since the epoch): `retry-after` in seconds or as an
 * HTTP date [RFC 9110, section 10.2.3]; 60 s when it is absent or unreadable, at most 1 h.
 */
export function retryAt(header: string | null, now: number): number {
  const wait = waitOf(header?.trim() ?? '', now) ?? DEFAULT_WAIT;
  return now + Math.min(MAX_WAIT, Math.max(0, wait));
}

function waitOf(header: string, now: number): number | undefined {
  if (/^\d+$/.test(header)) return Number(header) * SECOND;
  // Date.parse takes far more than HTTP dates ('-1' is the year 2001); every HTTP date has letters.
  const date = /^[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : date - now;
}

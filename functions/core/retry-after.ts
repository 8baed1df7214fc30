import { HOUR, MINUTE, SECOND } from './durations.ts';

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

/** One second, in ms. */
export const SECOND = 1_000;
/** One minute, in ms. */
export const MINUTE = 60 * SECOND;
/** One hour, in ms. */
export const HOUR = 60 * MINUTE;
/** One day, in ms. */
export const DAY = 24 * HOUR;

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
] as const;

/** A duration (ms) as a person says it, in its two largest units: `2 h 5 min`, `45 s`. */
export function formatDuration(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** A point in time (ms since the epoch) as ISO 8601 UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Whether a time is still to come. One that is further ahead than it can be is of a clock that was set
 * back since: to wait for it might take hours.
 *
 * @param at ms since the epoch, as `now` is
 * @param most how far ahead (ms) such a time is at most; clocks may differ by as much again
 */
export function isAhead(at: number | undefined, now: number, most: number): boolean {
  return at !== undefined && at > now && at <= now + 2 * most;
}

/** The UTC month of a time (ms since the epoch): `YYYY-MM`. */
export function monthOf(time: number): string {
  return isoTime(time).slice(0, 'YYYY-MM'.length);
}

/** The month so many months before another. */
export function monthBefore(month: string, months: number): string {
  const date = new Date(startOfMonth(month));
  return monthOf(date.setUTCMonth(date.getUTCMonth() - months));
}

/** When a UTC month begins (ms since the epoch). */
export function startOfMonth(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`);
}

/**
 * A point in time (ms since the epoch) as a person in a time zone reads it:
 * `Mon 23 Nov 2026, 14:05:09 UTC`, or with `GMT+2` where the zone has no letters of its own.
 */
export function zonedTime(ms: number, zone?: string): string {
  return `${zonedDay(ms, zone)}, ${zonedClock(ms, zone)} ${partsIn(ms, zone).timeZoneName}`;
}

/** Its day: `Mon 23 Nov 2026`. */
export function zonedDay(ms: number, zone?: string): string {
  const { weekday, day, month, year } = partsIn(ms, zone);
  return `${weekday} ${day} ${month} ${year}`;
}

/** Its time of day: `14:05:09`. */
export function zonedClock(ms: number, zone?: string): string {
  const { hour, minute, second } = partsIn(ms, zone);
  return `${hour}:${minute}:${second}`;
}

/** By zone: to make one takes longer than to write a whole mail. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function partsIn(ms: number, timeZone = 'UTC'): Partial<Record<string, string>> {
  const format = FORMATS.get(timeZone) ?? formatIn(timeZone);
  FORMATS.set(timeZone, format);
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

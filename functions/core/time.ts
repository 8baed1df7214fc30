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

/** The UTC month of a time (ms since the epoch): `YYYY-MM`. */
export function monthOf(time: number): string {
  return isoTime(time).slice(0, 'YYYY-MM'.length);
}

/** The month so many months before another. */
export function monthBefore(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  return monthOf(date.setUTCMonth(date.getUTCMonth() - months));
}

/** A point in time (ms since the epoch) as a person reads it: `Mon 23 Nov 2026, 14:05:09 UTC`. */
export function utcTime(ms: number): string {
  return `${utcDay(ms)}, ${utcClock(ms)} UTC`;
}

/** Its day: `Mon 23 Nov 2026`. */
export function utcDay(ms: number): string {
  const [weekday = '', day, month, year] = utcWords(ms);
  return `${weekday.replace(',', '')} ${Number(day)} ${month} ${year}`;
}

/** Its time of day: `14:05:09`. */
export function utcClock(ms: number): string {
  return utcWords(ms)[4] ?? '';
}

/** `Mon, 23 Nov 2026 14:05:09 GMT`: the same on every machine [ECMAScript, Date.prototype.toUTCString]. */
function utcWords(ms: number): string[] {
  return new Date(ms).toUTCString().split(' ');
}

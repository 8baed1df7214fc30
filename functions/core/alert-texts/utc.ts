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

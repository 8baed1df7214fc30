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

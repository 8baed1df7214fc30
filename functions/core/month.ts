import { isoTime } from './durations.ts';

/** The UTC month of a time (ms since the epoch): `YYYY-MM`. */
export function monthOf(time: number): string {
  return isoTime(time).slice(0, 'YYYY-MM'.length);
}

/** The month so many months before another. */
export function monthBefore(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  return monthOf(date.setUTCMonth(date.getUTCMonth() - months));
}

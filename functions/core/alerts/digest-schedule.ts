import { DAY, HOUR, isoTime, MINUTE } from '../time.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** When digests are due. */
export interface DigestSchedule {
  readonly hour: number;
  readonly minute: number;
  /** 0: Monday, to 6: Sunday. */
  readonly weekdays: readonly number[];
  /** By whose clocks; an IANA name. */
  readonly timeZone: string;
}

const DIGEST_AT = /^(?:(\S+) )?([01]\d|2[0-3]):([0-5]\d)(?: (\S+))?$/;

/**
 * A schedule from words such as `07:00`, `Mon-Fri 07:00` or `Mon,Wed,Sat-Sun 18:30 Europe/Vilnius`;
 * undefined when it is none.
 *
 * @param usualZone of which zone it is where the words name none; an IANA name
 */
export function parseDigestAt(text: string, usualZone: string): DigestSchedule | undefined {
  const [, days = 'Mon-Sun', hour, minute, timeZone = usualZone] = DIGEST_AT.exec(text) ?? [];
  const weekdays = days.split(',').map(daysOf);
  const isNone = hour === undefined || weekdays.some(({ length }) => length === 0);
  if (isNone || !isTimeZone(timeZone)) return undefined;
  return { hour: Number(hour), minute: Number(minute), weekdays: weekdays.flat(), timeZone };
}

function isTimeZone(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The days of `Mon`, or of `Fri-Mon`; none when it is neither. */
function daysOf(text: string): number[] {
  const [first = -1, last = first, ...more] = text.split('-').map((day) => WEEKDAYS.indexOf(day));
  if (first < 0 || last < 0 || more.length > 0) return [];
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, n) => (first + n) % 7);
}

/** A digest: all that ended from one set hour to another (ms since the epoch), the latter not included. */
export interface DigestPeriod {
  /** `digest/<local date>`: never used for another period, for there is one a date. */
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** What is on record of digests. */
export interface DigestRecord {
  /** The set hour up to which all has been told, or is owed (ms since the epoch). */
  readonly to: number;
  /** Its local date, in days since the epoch: the item of the checkpoint has little room left. */
  readonly day: number;
  /** From when on it is owed; absent when it is not. */
  readonly from?: number;
}

/**
 * The digest that is owed by the record (`now`: ms since the epoch). By a clock that was set back since, it would
 * be of a time that is still to come.
 */
export function owedDigest({ from, to, day }: DigestRecord, now: number): DigestPeriod | undefined {
  if (from === undefined || to > now) return undefined;
  return { id: `digest/${dateOf(day * DAY)}`, from, to };
}

function dateOf(day: number): string {
  return isoTime(day).slice(0, 'YYYY-MM-DD'.length);
}

/** How long (ms) after a set hour its digest is made: by then what ended before it is on record, and shown. */
const MADE_AFTER = 5 * MINUTE;

/**
 * The record as a sweep leaves it. One that is owed stays so until it is told; the next is of all that has
 * ended since then, however many set hours have passed, and one a date. The first begins with the last set
 * hour before there was a record, and so does the first after a clock was set back behind that of the record.
 *
 * @param now ms since the epoch
 */
export function digestsAfter(
  known: DigestRecord | undefined,
  schedule: DigestSchedule,
  now: number,
): DigestRecord {
  const { at: to, date } = latestHour(schedule, now);
  const day = Date.parse(date) / DAY;
  if (known === undefined) return { to, day };
  if (known.to > now) {
    const { from = to } = known;
    return from < to ? { to, day, from } : { to, day };
  }
  const isNext = known.from === undefined && to > known.to && day > known.day;
  return isNext ? { to, day, from: known.to } : known;
}

/** The last set hour for which it is time by now, and its local date. */
export function latestHour(
  { hour, minute, weekdays, timeZone }: DigestSchedule,
  now: number,
): { readonly at: number; readonly date: string } {
  let day = startOfDay(wallClock(now, timeZone));
  for (;;) {
    // The epoch was a Thursday.
    if (weekdays.includes((day / DAY + 3) % 7)) {
      const at = instantOf(day + hour * HOUR + minute * MINUTE, timeZone);
      if (at + MADE_AFTER <= now) return { at, date: dateOf(day) };
    }
    day -= DAY;
  }
}

function startOfDay(wall: number): number {
  return wall - (wall % DAY);
}

/**
 * When clocks show a time: the first time where they show it twice, and when they are set forward where
 * they never do.
 *
 * @param wall the time that they show, as ms since the epoch as if it were UTC; whole minutes
 */
function instantOf(wall: number, timeZone: string): number {
  const offsets = [wall - DAY, wall + DAY].map((near) => wallClock(near, timeZone) - near);
  let early = wall - Math.max(...offsets);
  let late = wall - Math.min(...offsets);
  for (const instant of [early, late]) if (wallClock(instant, timeZone) === wall) return instant;
  while (late - early > MINUTE) {
    const middle = early + Math.floor((late - early) / 2 / MINUTE) * MINUTE;
    if (wallClock(middle, timeZone) < wall) early = middle;
    else late = middle;
  }
  return late;
}

/** By zone: to make one takes longer than all else. Swedish is the locale whose times are ISO 8601. */
const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** What clocks show (to the second), as ms since the epoch as if it were UTC. */
function wallClock(instant: number, timeZone: string): number {
  const clock =
    CLOCKS.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  CLOCKS.set(timeZone, clock);
  return Date.parse(`${clock.format(instant).replace(' ', 'T')}Z`);
}

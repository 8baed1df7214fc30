import type { JobSummary } from '../client/index.js';
import { UsageError } from './errors.ts';

/** Which sort of upstream job an id may be of. */
export const KINDS = [
  'reporting-extraction',
  'grouping-and-mapping-extraction',
  'synchronization-run',
  'carbon-ec3',
  'carbon-one-click-lca',
] as const satisfies readonly JobSummary['kind'][];

/** The one that a job is of unless somebody says. */
export const DEFAULT_KIND: JobSummary['kind'] = 'reporting-extraction';

/** Where a job can stand, as far as is known: upstream may add words. */
export const JOB_STATES = [
  'Registered',
  'Queued',
  'Running',
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
  'Aborted',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'Cancelled',
] as const;

/** What an alert can tell of one job. */
export const JOB_ALERT_STATES = [
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
  'Aborted',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'StillRunning',
] as const;

/** What an alert can tell of; `StillRunning` is the reminder, `Digest` the digest. */
export const ALERT_STATES = [...JOB_ALERT_STATES, 'Digest'] as const;

/** The value of an option that was given more than once: the last one counts. */
export function last(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.at(-1) : value;
}

/**
 * Reads an option that is a whole number.
 *
 * @throws UsageError
 */
export function wholeNumber(name: string, least = 0) {
  return <T extends number | undefined>(value: T): T => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
    throw new UsageError(`--${name} is a whole number, ${least} or more.`);
  };
}

const JOB_ID = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * The job id in what somebody pasted: the id itself, or a link that ends in it, as the link to the
 * run's status does.
 *
 * @throws UsageError
 */
export function jobIdOf(text: string): string {
  const path = isLink(text) ? new URL(text).pathname.replace(/\/+$/, '') : text.trim();
  const id = path.slice(path.lastIndexOf('/') + 1);
  if (JOB_ID.test(id)) return id;
  throw new UsageError(
    `"${text}" is no job id: one is upstream's run.id, or the link to its status.`,
  );
}

/** Whether it is a link rather than an id. */
export function isLink(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text);
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time such as `90m` (ms); undefined when it is none. */
export function lengthOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?(?:(Z)|([+-])(\d\d):(\d\d))?$/i;

/**
 * A time that an option gives: so long ago (`12h`), or a date with or without a time of day; local unless
 * it says otherwise.
 *
 * @param now ms since the epoch
 * @returns the time in ISO 8601 UTC
 * @throws UsageError
 */
export function timeOf(name: string, text: string, now: number, isUtc: boolean): string {
  const ago = lengthOf(text);
  if (ago !== undefined) return new Date(now - ago).toISOString();
  const [all, ...parts] = TIME.exec(text) ?? [];
  const time = all === undefined ? undefined : timeOfParts(parts, isUtc);
  if (time !== undefined) return time.toISOString();
  throw new UsageError(
    `--${name} is a time such as 12h (ago), 2026-02-01, "2026-02-01 08:00" or 2026-02-01T08:00:00Z.`,
  );
}

/** Undefined for a day or an hour that there is not, such as 30 February. */
function timeOfParts(parts: readonly (string | undefined)[], isUtc: boolean): Date | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .map(Number)
    .map((n) => n || 0);
  const [, , , , , , fraction = '', z, sign, offsetHours, offsetMinutes] = parts;
  const ms = Number(fraction.padEnd(3, '0'));
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
  const said = [year, month - 1, day, hour, minute, second];
  const got = [utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()];
  const clock = [utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds()];
  if ([...got, ...clock].some((part, i) => part !== said[i])) return undefined;
  if (sign !== undefined) {
    const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * UNITS.m;
    return new Date(utc.getTime() - (sign === '-' ? -offset : offset));
  }
  if (z !== undefined || isUtc) return utc;
  return new Date(year, month - 1, day, hour, minute, second, ms);
}

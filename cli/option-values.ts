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

/**
 * Reads an option that is a time: a date, which is midnight UTC, or date and time in ISO 8601.
 *
 * @returns the time in UTC
 * @throws UsageError
 */
export function timeOf(name: string) {
  return (value: string | readonly string[] | undefined): string | undefined => {
    const text = last(value);
    if (text === undefined) return undefined;
    const time = new Date(text);
    if (!Number.isNaN(time.getTime())) return time.toISOString();
    throw new UsageError(`--${name} is a time such as 2026-02-01 or 2026-02-01T08:00:00Z.`);
  };
}

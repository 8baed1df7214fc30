import type { FailedObservation, StatusObservation } from '../jobs/observation.ts';
import { stateFromUpstream } from '../jobs/states.ts';
import { fieldsOf, parseJson } from '../objects.ts';
import { isStorable, storedText } from '../text.ts';
import type { Kind, ReadRun } from './kind.ts';

/** The most of a status that is read if its kind says nothing else (bytes). */
export const STATUS_BYTES = 64 * 1024;

/**
 * What a 200 about a run says. Unknown fields are of no account.
 *
 * @param body undefined when it was too long to be read
 * @param api where the API is: a link to anywhere else is dropped
 */
export function parseStatus(
  kind: Kind,
  body: string | undefined,
  api: URL,
): StatusObservation | FailedObservation {
  if (body === undefined)
    return unexpected(`more than ${(kind.maxBytes ?? STATUS_BYTES) / 1024} KiB`);
  const document = parseJson(body);
  if (document === undefined) return unexpected('something that is not JSON');
  return kind.read(fieldsOf(fieldsOf(document)[kind.wrapper]), kind, api);
}

/** Where a run says what, that says in one word where it stands. */
export interface OneWordFields {
  /** The field of that word. */
  readonly state: string;
  readonly reason: string;
  /** Whether there were issues: a boolean. */
  readonly containsIssues?: string;
  /** When the run was started, where the API tells: an ISO time. */
  readonly startedAt?: string;
}

/** Reads runs that have one word for where they stand: nearly all kinds are like that. */
export function oneWord(fields: OneWordFields): ReadRun {
  const { state: stateField, reason: reasonField, containsIssues: issuesField = '' } = fields;
  return (run, { states, wrapper }, api) => {
    const word = run[stateField];
    if (typeof word !== 'string') return unexpected(`no text in ${wrapper}.${stateField}`);
    const state = stateFromUpstream(word, states);
    if (state === undefined) return unexpected(`a ${wrapper}.${stateField} that is no word`);

    const { [reasonField]: reason, [issuesField]: containsIssues, _links } = run;
    const logsUrl = logsUrlOf(_links, api);
    const startedAt = fields.startedAt === undefined ? undefined : timeOf(run[fields.startedAt]);
    const leftOut = [
      isOfType(reason, 'string') ? [] : [reasonField],
      isOfType(containsIssues, 'boolean') ? [] : [issuesField],
    ].flat();
    return {
      kind: 'Status',
      state,
      ...(typeof reason === 'string' && { reason: storedText(reason) }),
      ...(typeof containsIssues === 'boolean' && { containsIssues }),
      ...(logsUrl !== undefined && { logsUrl }),
      ...(startedAt !== undefined && { startedAt }),
      ...(leftOut.length > 0 && { leftOut }),
    };
  };
}

/**
 * ISO 8601 with a time of day, of this millennium: .NET writes the year 1 for none, and what is far
 * ahead would be beyond what a date can tell.
 */
const TIME = /^(2\d{3}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/i;
/** More digits of a second than milliseconds have are more than every parser reads. */
const CLOCK_LENGTH = 'hh:mm:ss.sss'.length;

/**
 * A time as upstream writes it, with up to seven digits of a second (ms since the epoch); without an
 * offset it is UTC, wherever the monitor runs. Anything else is none.
 */
export function timeOf(value: unknown): number | undefined {
  const [, day, clock = '', offset = 'Z'] = TIME.exec(typeof value === 'string' ? value : '') ?? [];
  const time = Date.parse(`${day}T${clock.slice(0, CLOCK_LENGTH)}${offset.toUpperCase()}`);
  return Number.isNaN(time) ? undefined : time;
}

/** Whether an optional field is absent, null, or of the type that is documented. */
export function isOfType(value: unknown, type: 'string' | 'boolean'): boolean {
  return value === undefined || value === null || typeof value === type;
}

/** A path that every parser leaves as it is. */
const PLAIN_PATH = /^(?:\/[\w-][\w.-]*)+$/;

/** The link to the logs in its normalized spelling, which every URL parser reads alike. */
function logsUrlOf(links: unknown, api: URL): string | undefined {
  const { href } = fieldsOf(fieldsOf(links).logs);
  if (typeof href !== 'string') return undefined;
  // What every answer has is seen without a parser, which takes as long as all the rest.
  if (href.startsWith(api.origin) && PLAIN_PATH.test(href.slice(api.origin.length))) {
    return isStorable(href) ? href : undefined;
  }
  const url = URL.parse(href);
  if (url === null || url.host !== api.host || url.username !== '' || url.password !== '') {
    return undefined;
  }
  if (url.protocol !== 'https:' && url.protocol !== api.protocol) return undefined;
  return isStorable(url.href) ? url.href : undefined;
}

/** Nothing of the answer is repeated: whatever upstream echoes, a token included, goes no further. */
export function unexpected(what: string): FailedObservation {
  const message = `The status endpoint answered 200 with ${what}.`;
  return { kind: 'Failed', error: { name: 'UnexpectedResponse', message } };
}

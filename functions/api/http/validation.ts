import * as z from 'zod/mini';
import { KIND_NAMES, parseAnyId } from '../../core/kinds/kinds.ts';
import { InvalidRequest } from './problems.ts';
import type { ApiEvent } from './route.ts';

/**
 * The request body, or a part of it, as its schema has it.
 *
 * @param pointer JSON pointer to the part
 * @throws InvalidRequest that names the wrong fields by JSON pointer
 */
export function validBody<T>(schema: z.ZodMiniType<T>, body: unknown, pointer = ''): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new InvalidRequest(
    faultsOf(result.error).map(({ path, detail }) => ({
      pointer: `${pointer}${pointerTo(path)}`,
      detail,
    })),
  );
}

/**
 * Path or query parameters as their schema has them.
 *
 * @throws InvalidRequest that names the wrong parameters
 */
export function validParameters<T>(schema: z.ZodMiniType<T>, parameters: object): T {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  throw new InvalidRequest(
    faultsOf(result.error).map(({ path, detail }) => ({ parameter: String(path[0]), detail })),
  );
}

/**
 * The query parameters of a request by name. Read from the raw query string: API Gateway joins the
 * values of a repeated parameter with commas.
 *
 * @param lists those that may be repeated: all that they are given as
 * @throws InvalidRequest that names the others which are there more than once
 */
export function queryParameters(
  event: ApiEvent,
  lists: readonly string[] = [],
): Record<string, string | string[]> {
  const parameters = new URLSearchParams(event.rawQueryString);
  const names = [...new Set(parameters.keys())];
  const repeated = names.filter(
    (name) => parameters.getAll(name).length > 1 && !lists.includes(name),
  );
  if (repeated.length > 0) {
    throw new InvalidRequest(
      repeated.map((parameter) => ({ parameter, detail: 'must not be repeated' })),
    );
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      lists.includes(name) ? parameters.getAll(name) : (parameters.get(name) ?? ''),
    ]),
  );
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** zod tells of all unknown keys of an object in one issue. */
function faultsOf({ issues }: z.core.$ZodError): Fault[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'is not known' }))
      : [{ path: issue.path, detail: issue.message }],
  );
}

/** A JSON pointer, in which `~` and `/` have a meaning [RFC 6901, section 3]. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const MUST_BE_LABEL =
  'must be 1 to 100 characters, not all blank, without control characters, line separators or what is no character';

/** A label as callers may give it to a job. */
export const labelSchema = z.string(MUST_BE_LABEL).check(
  // By code points; surrogates that make a pair are no \p{Cs}. SQS, to which SNS delivers, refuses U+FFFE and U+FFFF.
  z.regex(/^(?=.*[^\s\p{Cf}])[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]{1,100}$/u, MUST_BE_LABEL),
);

const MUST_BE_JOB_ID =
  'must be the id of a job: a UUID, or of another form that upstream gives out';

/** A job id in any spelling, of any kind; what comes out is its one spelling. */
export const jobIdSchema = parsed(parseAnyId, MUST_BE_JOB_ID);

/** The name of a kind of upstream job. */
export const kindSchema = z.enum(KIND_NAMES, `must be one of ${KIND_NAMES.join(', ')}`);

/** The id of an iModel in any spelling; what comes out is in lower case. */
export const iModelIdSchema = z.guid('must be the id of an iModel, a UUID').check(z.toLowerCase());

/** A time in UTC; what comes out is ms since the epoch. A new schema each time, to be described. */
export function timeSchema() {
  return z.pipe(
    z.iso.datetime('must be a time in UTC such as 2026-02-10T12:00:00Z'),
    z.transform((text) => Date.parse(text)),
  );
}

/**
 * A text that means something else.
 *
 * @param parse gives undefined for what is no such text
 * @param mustBe what would be right
 * @param fault what is wrong with such a text, where there is more to say
 */
export function parsed<T>(
  parse: (text: string) => T | undefined,
  mustBe: string,
  fault?: (text: string) => string | undefined,
) {
  return z.pipe(
    z.string(mustBe),
    z.transform((text: string, context): T => {
      const value = parse(text);
      if (value !== undefined) return value;
      const message = fault?.(text) ?? mustBe;
      context.issues.push({ code: 'custom', input: text, message });
      return z.NEVER;
    }),
  );
}

const MUST_BE_TIMEOUT = 'must be an integer from 5 to 10080';
const MUST_BE_REMINDER = 'must be null or an integer from 1 that is less than timeoutMinutes';

/** What callers may say about a watch, of a job or of an iModel. New schemas each time, to be described. */
export function watchFields() {
  return {
    label: z.optional(labelSchema),
    timeoutMinutes: z._default(timeoutMinutes(), 1_440),
    /** `null`: no reminder, whatever is usual in this deployment. */
    remindAfterMinutes: remindAfterMinutes(),
    /** `false`: nobody is told when the run becomes unusually long. */
    unusuallyLong: z.optional(z.boolean('must be true or false')),
  };
}

/** What they may change about it, in the same way: what is left out stays. */
export function watchChangeFields() {
  return {
    label: z.optional(z.nullable(labelSchema)),
    timeoutMinutes: z.optional(timeoutMinutes()),
    remindAfterMinutes: remindAfterMinutes(),
  };
}

function timeoutMinutes() {
  return z
    .int({ error: MUST_BE_TIMEOUT, abort: true })
    .check(z.gte(5, MUST_BE_TIMEOUT), z.lte(10_080, MUST_BE_TIMEOUT));
}

function remindAfterMinutes() {
  const minutes = z.int({ error: MUST_BE_REMINDER, abort: true });
  return z.optional(z.nullable(minutes.check(z.gte(1, MUST_BE_REMINDER))));
}

/** The check of an object with such fields: whoever is reminded has to be while the watch goes on. */
export function remindsInTime() {
  return z.refine<{
    timeoutMinutes?: number | undefined;
    remindAfterMinutes?: number | null | undefined;
  }>(
    ({ remindAfterMinutes, timeoutMinutes = Number.POSITIVE_INFINITY }) =>
      (remindAfterMinutes ?? 0) < timeoutMinutes,
    { path: ['remindAfterMinutes'], error: MUST_BE_REMINDER },
  );
}

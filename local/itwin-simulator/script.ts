import { z } from 'zod';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const delay = { delayMs: z.number().min(0).max(LONGEST_TIMER_MS).optional() };
const httpStatus = z.int().min(200).max(599);
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/);
const headerValue = z.string().regex(/^[\t -~]*$/);

const changes = {
  put: z.record(z.string(), z.json()).optional(),
  omit: z.array(z.string()).optional(),
};

const logEntrySchema = z.strictObject({
  state: z.string().optional(),
  reason: z.string().optional(),
  dateTime: z.string().optional(),
  contextType: z.string().optional(),
  contextId: z.string().optional(),
  level: z.string().optional(),
  category: z.string().optional(),
  message: z.string().nullable().optional(),
  containsIssues: z.boolean().optional(),
});

const retryAfterSchema = z.union([
  z.number(),
  headerValue,
  z.strictObject({
    inSeconds: z.int(),
    as: z.enum(['IMF-fixdate', 'rfc850-date', 'asctime-date']),
  }),
]);

const errorSchema = z.strictObject({
  kind: z.literal('error'),
  ...delay,
  status: httpStatus,
  form: z.enum(['platform', 'gateway', 'text', 'html']).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  details: z.array(z.record(z.string(), z.string())).optional(),
  retryAfter: retryAfterSchema.optional(),
  gzip: z.boolean().optional(),
});

const misbehaviourSchema = z.discriminatedUnion('kind', [
  errorSchema,
  z.strictObject({
    kind: z.literal('tooManyRequests'),
    ...delay,
    retryAfter: retryAfterSchema.optional(),
  }),
  z.strictObject({ kind: z.literal('redirect'), ...delay, location: headerValue }),
  z.strictObject({ kind: z.literal('hang'), ...delay }),
  z.strictObject({ kind: z.literal('stall'), ...delay }),
  z.strictObject({ kind: z.literal('reset'), ...delay }),
  z.strictObject({ kind: z.literal('brokenJson'), ...delay }),
  z.strictObject({ kind: z.literal('wrongShape'), ...delay }),
  z.strictObject({ kind: z.literal('hugeBody'), ...delay, bytes: z.int().nonnegative() }),
  z.strictObject({
    kind: z.literal('raw'),
    ...delay,
    status: httpStatus,
    headers: z.record(headerName, headerValue).optional(),
    body: z.json().optional(),
  }),
]);

const logEntriesSchema = z.array(logEntrySchema);

const strangePagesSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pagedLogs'),
    ...delay,
    pages: z.array(logEntriesSchema).min(1),
    links: z.enum(['slash', 'plain']).optional(),
  }),
  z.strictObject({ kind: z.literal('endlessLogs'), ...delay, logs: logEntriesSchema }),
  z.strictObject({
    kind: z.literal('strayLogs'),
    ...delay,
    logs: logEntriesSchema,
    next: z.string(),
  }),
]);

const statusAnswerSchema = z.strictObject({
  kind: z.literal('status').optional(),
  ...delay,
  state: z.string(),
  reason: z.string().optional(),
  containsIssues: z.boolean().optional(),
  ...changes,
  logs: z.union([logEntriesSchema, strangePagesSchema, misbehaviourSchema]).optional(),
});

/** Any answer of the Reporting API, good or bad; see {@link Answer}. */
export const answerSchema = z.discriminatedUnion('kind', [statusAnswerSchema, misbehaviourSchema]);

/** Any answer of the token endpoint, good or bad; see {@link TokenAnswer}. */
export const tokenAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token'), ...delay, ...changes }),
  z.strictObject({
    kind: z.literal('oauthError'),
    ...delay,
    status: httpStatus.optional(),
    error: z.string(),
    description: z.string().optional(),
  }),
  misbehaviourSchema,
]);

/** One part of a run's life; see {@link Step}. */
export const stepSchema = z.strictObject({
  answer: answerSchema,
  forMs: z.number().nonnegative().optional(),
  forRequests: z.int().positive().optional(),
});

/** One entry of a run's log; what is left out follows from the answer it belongs to. */
export type LogEntry = Readonly<z.infer<typeof logEntrySchema>>;

/** Fields that a body has otherwise than it should: `put` in, of any type, and left out (`omit`). */
export type Changes = {
  readonly put?: Readonly<Record<string, unknown>> | undefined;
  readonly omit?: readonly string[] | undefined;
};

/**
 * When to come back: seconds, a ready header text, or a date so many seconds from now in one of the
 * three forms of RFC 9110 section 5.6.7.
 */
export type RetryAfter = Readonly<z.infer<typeof retryAfterSchema>>;

/**
 * This HTTP status, with the body upstream documents for it where there is one. By `form`:
 *
 * - `platform`, the default: the error schema; `code`, `message` and `details` instead of its own
 * - `gateway`: `statusCode` and `message` without the schema; 403 is a used-up call quota there
 * - `text`, `html`: what a broken service, or a CDN before it, says
 */
export type ErrorAnswer = Omit<Readonly<z.infer<typeof errorSchema>>, 'kind'>;

/**
 * A log that is not paged as it should be, or not as `$top` wants it:
 *
 * - `pagedLogs`: exactly these pages, whatever `$top` is; `plain` links have no slash before their
 *   query and spell the job id as it was asked for
 * - `endlessLogs`: every page has all of these entries, and a link to one more
 * - `strayLogs`: one page of these entries, with a link to `next`, wherever that is
 */
export type StrangePages = Readonly<z.infer<typeof strangePagesSchema>>;

/**
 * The documented 200: any `state` word, with changes to the other fields of `status`, and the run's
 * log as it stands meanwhile, or how the logs endpoint misbehaves while the status endpoint does not.
 */
export type StatusAnswer = Readonly<z.infer<typeof statusAnswerSchema>>;

/**
 * Everything else that can come back:
 *
 * - `error`: see {@link ErrorAnswer}
 * - `tooManyRequests`: the documented 429, with `retryAfter` or no such header at all
 * - `redirect`: 302 to `location`
 * - `hang`: nothing, the connection stays open
 * - `stall`: headers and half of a body, then nothing
 * - `reset`: the connection is reset
 * - `brokenJson`: 200 with JSON that is cut off
 * - `wrongShape`: 200 with JSON that is not the documented body
 * - `hugeBody`: 200 with the documented body, its reason being `bytes` long, sent in chunks
 * - `raw`: exactly these status, headers and body, which is JSON unless it is a text
 */
export type Misbehaviour = Readonly<z.infer<typeof misbehaviourSchema>>;

/** What a request is answered with; `delayMs` holds back any of them for so many milliseconds. */
export type Answer = StatusAnswer | Misbehaviour;

/**
 * What the token endpoint answers:
 *
 * - `token`: as it should, with changes to the fields of a body that grants a token
 * - `oauthError`: a refusal (400 unless told otherwise); `{client_secret}` in its texts becomes the
 *   secret that the client has sent
 * - or what any endpoint can do badly
 */
export type TokenAnswer = Readonly<z.infer<typeof tokenAnswerSchema>>;

/**
 * One part of a run's life. It ends after `forMs` milliseconds or once it has answered
 * `forRequests` status requests, whichever comes first; with neither, and as the last, it never
 * ends.
 */
export type Step = Readonly<z.infer<typeof stepSchema>>;

/** Where a run stands in its script. */
export type Position = {
  /** Index of the step. */
  readonly step: number;
  /** When the step began, ms since the epoch. */
  readonly since: number;
  /** How many status requests the step has answered. */
  readonly answered: number;
};

/** Moves a position forward, over as many steps as have ended by `now` (ms since the epoch). */
export function advance(steps: readonly Step[], position: Position, now: number): Position {
  let { step, since, answered } = position;
  for (; step < steps.length - 1; step += 1) {
    const end = endOf(steps[step], since, answered, now);
    if (end === undefined) {
      break;
    }
    since = end;
    answered = 0;
  }
  return { step, since, answered };
}

function endOf(
  step: Step | undefined,
  since: number,
  answered: number,
  now: number,
): number | undefined {
  const { forMs = Number.POSITIVE_INFINITY, forRequests = Number.POSITIVE_INFINITY } = step ?? {};
  if (now - since >= forMs) {
    return since + forMs;
  }
  return answered >= forRequests ? now : undefined;
}

import { DroppedConnection } from '../../core/errors.ts';
import type { CheckError } from '../../core/jobs/observation.ts';
import { DEFAULT_KIND, type JobRef, statusUrl, wrongParts } from '../../core/kinds/kinds.ts';
import { asciiLine } from '../../core/text.ts';
import { SECOND } from '../../core/time.ts';

/** Settings of an endpoint of the Reporting API. */
export interface EndpointOptions {
  /** Where the API is: only its scheme, host and port are used. */
  readonly apiUrl: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /**
   * How long (ms) an answer may take, body included.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
}

/** Something other than a job id was about to get into a URL. */
export class InvalidJobId extends Error {
  override readonly name = 'InvalidJobId';
}

/** How long (ms) an endpoint may take to answer if nothing else is said. */
export const ANSWER_TIME = 5_000;

/** What `fetch` fails with when the other side has closed a connection that was kept alive. */
const DROPPED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** How the codes of zlib, Brotli and Zstandard begin: the body is not what its encoding says. */
const UNDECODABLE = /^(Z_|ERR__|ZSTD_)/;

/**
 * Where the status of a job is.
 *
 * @throws InvalidJobId when that is not of the form that its kind has
 */
export function statusUrlOf(api: URL, job: JobRef): string {
  const wrong = wrongParts(job).map(({ name }) => name);
  if (wrong.length === 0) return statusUrl(job, api);
  throw new InvalidJobId(
    `A job must have the ${wrong.join(' and ')} of its kind (${job.kind ?? DEFAULT_KIND}): remove the item that has not from Jobs.`,
  );
}

/** What is other than usual about a request. */
interface RequestOptions {
  readonly acceptVersion?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One GET. Redirects are not followed.
 *
 * Whether a broken connection was a kept-alive one, `fetch` does not tell. One that is closed before
 * an answer has begun counts as such: asking once more does no harm.
 *
 * @throws DroppedConnection, or what `fetch` throws
 */
export async function get(
  url: string,
  accessToken: string,
  signal: AbortSignal,
  { acceptVersion = 1, headers = {} }: RequestOptions = {},
): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        accept: `application/vnd.bentley.itwin-platform.v${acceptVersion}+json`,
        authorization: `Bearer ${accessToken}`,
        'user-agent': USER_AGENT,
        ...headers,
      },
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    if (!isDropped(error)) throw error;
    throw new DroppedConnection('The connection was closed before an answer came: ask once more.', {
      cause: error,
    });
  }
}

/** Whether a `fetch` failed because the other side has closed the connection before an answer came. */
export function isDropped(error: unknown): boolean {
  return DROPPED.has(failureCode(error));
}

/** Why an endpoint gave no answer, or none that can be read: in a sentence that names it. */
export function noAnswer(thrown: unknown, endpoint: string, timeoutMs: number): CheckError {
  const error = thrown instanceof DroppedConnection ? thrown.cause : thrown;
  if (error instanceof TimedOut) {
    const message = `The ${endpoint} gave no whole answer within ${timeoutMs / SECOND} s.`;
    return { name: 'Timeout', message };
  }
  const why = fetchFailure(error);
  if (UNDECODABLE.test(failureCode(error))) {
    const message = `The body of the answer does not fit its encoding: ${why}.`;
    return { name: 'UnexpectedResponse', message };
  }
  const message = `The connection to the ${endpoint} failed: ${why}.`;
  return { name: 'ConnectionFailed', message };
}

/** How the monitor names itself in every request to upstream. */
export const USER_AGENT = 'extraction-monitor';

const LENGTH = 100;

/**
 * What made a `fetch` fail, for a message: the cause's code (`ECONNREFUSED`), else its words. The
 * error's own message is never used: it may quote a header, and so a secret.
 */
export function fetchFailure(error: unknown): string {
  const { code, message } = causeOf(error);
  return asciiLine(String(code ?? message ?? 'unknown reason'), LENGTH);
}

/** The code of the system, of the HTTP client or of the decompression that made a `fetch` fail. */
function failureCode(error: unknown): string {
  return String(causeOf(error).code ?? '');
}

function causeOf(error: unknown): { readonly code?: unknown; readonly message?: unknown } {
  return error instanceof Error && error.cause instanceof Error ? error.cause : {};
}

/** The most of an answer's body that is read if nothing else is said. */
const MAX_BODY_BYTES = 64 * 1024;

const decoder = new TextDecoder();

/**
 * Reads an answer's body to its end, which leaves the connection open for the next request. Counts
 * what arrives, so neither a false `content-length` nor compression gets past the limit.
 *
 * @param maxBytes the most that is read, in bytes after any content encoding is undone
 * @returns undefined when there is more (than 64 KiB by default); the connection is then closed
 */
export async function readText(
  { body }: Response,
  maxBytes = MAX_BODY_BYTES,
): Promise<string | undefined> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      return decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
}

/** An operation took longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Operations that start together, and whose time is up together. */
interface Group {
  /** How long (ms) they may take. */
  readonly ms: number;
  /** Until when an operation may join, by the clock of `performance`. */
  readonly isOpenUntil: number;
  readonly members: Set<AbortController>;
}

/** For how long a group takes in operations: this share of the time that they may take. */
const OPEN_FOR = 0.02;

/** The latest group under each signal. */
const groups = new WeakMap<AbortSignal, Group>();

/**
 * Runs an operation with a signal that aborts when the caller's does, and after `ms` at the latest
 * (up to 2 % earlier).
 *
 * Operations that start together share a timer and a listener: of its own for each of thousands of
 * requests, both would be a good part of their CPU. The caller's signal collects a listener for each
 * group, and none for each operation.
 *
 * @throws TimedOut when the time is up
 * @throws the caller's reason when its signal aborts
 * @throws what the operation throws
 */
export async function withTimeout<T>(
  signal: AbortSignal,
  ms: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const members = membersOfGroup(signal, ms);
  const controller = new AbortController();
  members.add(controller);
  try {
    return await run(controller.signal);
  } catch (error) {
    // Whatever an abort broke, the abort is the cause.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    members.delete(controller);
  }
}

function membersOfGroup(signal: AbortSignal, ms: number): Set<AbortController> {
  const now = performance.now();
  const latest = groups.get(signal);
  if (latest?.ms === ms && now <= latest.isOpenUntil) return latest.members;
  const members = new Set<AbortController>();
  const abortAll = (reason: unknown) => {
    for (const member of members) member.abort(reason);
  };
  setTimeout(() => abortAll(new TimedOut(`took longer than ${ms} ms`)), ms).unref();
  signal.addEventListener('abort', () => abortAll(signal.reason));
  groups.set(signal, { ms, isOpenUntil: now + ms * OPEN_FOR, members });
  return members;
}

/** Anything shorter is no secret, but may be part of a word. */
const SHORTEST_SECRET = 16;

/** A character of a JSON text that is escaped. */
const ESCAPED = /\\(?:u00([0-9a-f]{2})|.)/gis;
/** A character of an access token, which is never in need of an escape [RFC 6750, section 2.1]. */
const OF_TOKEN = /^[\w.~+/=-]$/;

/**
 * What upstream says, without our own token: a proxy that echoes requests must not spread it, in
 * whatever spelling of JSON.
 */
export function without(accessToken: string, text: string | undefined): string | undefined {
  if (accessToken.length < SHORTEST_SECRET) return text;
  const plain = text?.replace(ESCAPED, (escaped, code?: string) => {
    if (code === undefined) return escaped === '\\/' ? '/' : escaped;
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return OF_TOKEN.test(character) ? character : escaped;
  });
  return plain?.replaceAll(accessToken, '(a secret)');
}

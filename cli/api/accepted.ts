import type { GatewayMessage, Problem } from '../../client/index.js';
import { ApiRefused, UsageError } from '../errors.ts';
import { plain } from '../text.ts';

/** What the typed client makes of an answer. */
interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** What to do about an answer of API Gateway, which says little. */
export const HINTS: Readonly<Record<number, string>> = {
  401: 'The token in EXTRACTION_MONITOR_TOKEN is missing, expired, or of another issuer.',
  403: 'This identity may not call the API, or EXTRACTION_MONITOR_TOKEN is wanted.',
};

/**
 * What the API gave, when it gave something.
 *
 * @param field is in every such answer: what another API says must count for nothing, where it is passed on
 *   as it is, too
 * @throws ApiRefused with all that it said, when it did not; UsageError when what it was asked with is wrong
 */
export function accepted<T extends object>(
  { data, error, response }: Answer<T>,
  field: keyof T & string,
): T {
  if (!response.ok || data === undefined) throw refusalOf(error, response);
  if (field in data) return data;
  throw new Error(`The answer has no "${field}". Is the URL that of the API?`);
}

/** Makes sure that the API did what it has nothing to say about. Throws as above. */
export function acceptedEmpty({ error, response }: Answer<unknown>): void {
  if (response.status !== 204) throw refusalOf(error, response);
}

function refusalOf(error: unknown, response: Response): ApiRefused | UsageError {
  const reasons = reasonsOf(error, response);
  return response.status === 400 && isProblem(error)
    ? new UsageError(reasons)
    : new ApiRefused(reasons);
}

function reasonsOf(error: unknown, { status, statusText }: Response): string {
  if (isProblem(error)) {
    const errors = (error.errors ?? []).map(
      (one) =>
        `  ${plain('pointer' in one ? optionOf(one.pointer) : one.parameter)} ${plain(one.detail)}`,
    );
    return [plain(error.detail ?? error.title), ...errors].join('\n');
  }
  const said = isMessage(error) ? plain(error.message) : plain(statusText);
  const hint = HINTS[status] ?? 'Is the URL that of the API?';
  return `The API answers ${status} ${said}. ${hint}`;
}

/** What the person gave it as; the others are options that are called as they are. */
const GIVEN_AS: Readonly<Record<string, string>> = {
  '': 'the request',
  jobId: 'the job',
  statusUrl: 'the job',
  protocol: 'the protocol',
  endpoint: 'the endpoint',
  states: '--state',
  labelPrefixes: '--label-prefix',
  jobKinds: '--kind',
  iModelId: '--imodel',
  iModelIds: '--imodel',
  exceptIModelIds: '--except-imodel',
  containsIssues: '--with-issues',
};

/** The option that a field of a body comes from. */
function optionOf(pointer: string): string {
  const [, field = ''] = pointer.split('/');
  const option = () => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return GIVEN_AS[field] ?? option();
}

/** Other APIs have problems too, in which the wrong fields are no list. */
function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null || !('title' in body)) return false;
  return typeof body.title === 'string' && (!('errors' in body) || Array.isArray(body.errors));
}

function isMessage(body: unknown): body is GatewayMessage {
  return typeof body === 'object' && body !== null && 'message' in body;
}

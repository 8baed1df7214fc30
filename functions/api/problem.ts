import { STATUS_CODES } from 'node:http';
import type { FieldError, Problem } from './openapi/problem-schema.ts';

/** A request that cannot be granted. The message is for the caller and says what to do. */
export class HttpProblem extends Error {
  override readonly name: string = 'HttpProblem';
  readonly statusCode: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    detail: string,
    { errors = [], headers = {} }: Partial<Pick<HttpProblem, 'errors' | 'headers'>> = {},
  ) {
    super(detail);
    this.statusCode = statusCode;
    this.errors = errors;
    this.headers = headers;
  }
}

/** A status as its body tells it, when there is no more to tell. */
export function problem(status: number, detail?: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
  };
}

/** A request that cannot be granted as its body tells it. */
export function problemOf({ statusCode, message, errors }: HttpProblem): Problem {
  return {
    ...problem(statusCode, message),
    ...(errors.length > 0 && { errors: [...errors] }),
  };
}

/** As many wrong fields as one answer names. */
const MAX_ERRORS = 20;

/** A request with wrong fields. */
export class InvalidRequest extends HttpProblem {
  override readonly name = 'InvalidRequest';

  constructor(errors: readonly FieldError[]) {
    super(400, 'The request is not valid.', { errors: errors.slice(0, MAX_ERRORS) });
  }
}

import { STATUS_CODES } from 'node:http';

/** One thing that is wrong with a request, and where. */
export type FieldError = {
  /** What would be right. */
  readonly detail: string;
} & (
  | {
      /** JSON pointer into the body [RFC 6901]. */
      readonly pointer: string;
    }
  | {
      /** Name of a path or query parameter. */
      readonly parameter: string;
    }
);

/** An error as callers get to see it [RFC 9457]. */
export interface Problem {
  /** `about:blank`: the status says what kind of problem it is. */
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

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

/** The problem as its body tells it. */
export function problem(
  status: number,
  detail?: string,
  errors: readonly FieldError[] = [],
): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
    ...(errors.length > 0 && { errors }),
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

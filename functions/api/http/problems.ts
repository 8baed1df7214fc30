import { STATUS_CODES } from 'node:http';
import type { MiddlewareObj } from '@middy/core';
import { JobsUnread } from '../../adapters/dynamodb/jobs-by-month.ts';
import type { Log } from '../../core/ports.ts';
import type { FieldError, Problem } from '../openapi/schemas/common.ts';
import { Refusal } from '../use-cases/refusals.ts';
import { json } from './answers.ts';
import type { ApiEvent, ApiResult } from './route.ts';

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

/** As many wrong fields as one answer names. */
const MAX_ERRORS = 20;

/** A request with wrong fields. */
export class InvalidRequest extends HttpProblem {
  override readonly name = 'InvalidRequest';

  constructor(errors: readonly FieldError[]) {
    super(400, 'The request is not valid.', { errors: errors.slice(0, MAX_ERRORS) });
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

/** Whether an error is for the caller to read, who can do something about it. */
export function isForCaller(error: unknown): error is HttpProblem | Refusal {
  return error instanceof HttpProblem || error instanceof Refusal;
}

/** The status that says what kind of refusal it is. */
const STATUS_OF: Readonly<Record<Refusal['kind'], number>> = {
  NotFound: 404,
  Conflict: 409,
  OutOfTime: 503,
};

/** A request that cannot be granted as its body tells it. */
export function problemOf(error: HttpProblem | Refusal): Problem {
  if (error instanceof Refusal) return problem(STATUS_OF[error.kind], error.message);
  const { statusCode, message, errors } = error;
  return {
    ...problem(statusCode, message),
    ...(errors.length > 0 && { errors: [...errors] }),
  };
}

/**
 * Middleware that answers errors as `application/problem+json` [RFC 9457]. What is not for the caller
 * is a fault of ours: it goes into the log, and the caller learns only that it happened.
 */
export function problemDetails(log: Log): MiddlewareObj<ApiEvent, ApiResult> {
  return {
    onError: (request) => {
      const { error } = request;
      if (!isForCaller(error)) log.error('A request failed', { error });
      request.response = answer(error);
    },
  };
}

function answer(error: unknown): ApiResult {
  const type = { 'Content-Type': 'application/problem+json' };
  if (error instanceof JobsUnread) return json(503, problem(503, error.message), type);
  if (!isForCaller(error)) return json(500, problem(500), type);
  const body = problemOf(error);
  const headers = error instanceof HttpProblem ? error.headers : {};
  return json(body.status, body, { ...type, ...headers });
}

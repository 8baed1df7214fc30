import type { MiddlewareObj } from '@middy/core';
import { JobsUnread } from '../adapters/dynamodb/jobs-by-month.ts';
import type { Log } from '../core/ports.ts';
import { HttpProblem, problem, problemOf } from './problem.ts';
import { json } from './response.ts';
import type { ApiEvent, ApiResult } from './route.ts';

/**
 * Middleware that answers errors as `application/problem+json` [RFC 9457]. What is no `HttpProblem`
 * is a fault of ours: it goes into the log, and the caller learns only that it happened.
 */
export function problemDetails(log: Log): MiddlewareObj<ApiEvent, ApiResult> {
  return {
    onError: (request) => {
      const { error } = request;
      if (!(error instanceof HttpProblem)) log.error('A request failed', { error });
      request.response = answer(error);
    },
  };
}

function answer(error: unknown): ApiResult {
  const type = { 'Content-Type': 'application/problem+json' };
  if (error instanceof JobsUnread) return json(503, problem(503, error.message), type);
  if (!(error instanceof HttpProblem)) return json(500, problem(500), type);
  return json(error.statusCode, problemOf(error), { ...type, ...error.headers });
}

import type { MiddlewareObj, Request } from '@middy/core';
import type { Log } from '../core/ports.ts';
import type { ApiEvent, ApiResult } from './route.ts';

/** Middleware that logs how each request went: never its body or headers, which may hold secrets. */
export function requestLog(log: Log): MiddlewareObj<ApiEvent, ApiResult> {
  const write = ({ event, response }: Request<ApiEvent, ApiResult>): void => {
    const { method, path } = event.requestContext.http;
    log.info('Answered a request', { method, path, status: response?.statusCode });
  };
  return { after: write, onError: write };
}

import type { MiddlewareObj, Request } from '@middy/core';
import type { Log } from '../core/ports.ts';
import type { ApiEvent, ApiResult } from './route.ts';

/**
 * Middleware that logs how each request went: never its body or headers, which may hold secrets. What
 * invokes the function may be no request, such as a test event of the console: that must not fail
 * here, where it would hide the error it came to.
 */
export function requestLog(log: Log): MiddlewareObj<ApiEvent, ApiResult> {
  const write = ({ event, response }: Request<ApiEvent, ApiResult>): void => {
    const { method, path } = event?.requestContext?.http ?? {};
    log.info('Answered a request', { method, path, status: response?.statusCode });
  };
  return { after: write, onError: write };
}

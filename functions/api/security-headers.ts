import type { MiddlewareObj, Request } from '@middy/core';
import type { ApiEvent, ApiResult } from './route.ts';

/**
 * Headers that mean something for JSON which no page embeds.
 * [https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers]
 */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox; " +
    'upgrade-insecure-requests',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Middleware that adds them to every answer. */
export function securityHeaders(): MiddlewareObj<ApiEvent, ApiResult> {
  const add = ({ response }: Request<ApiEvent, ApiResult>): void => {
    if (response) response.headers = { ...response.headers, ...HEADERS };
  };
  return { after: add, onError: add };
}

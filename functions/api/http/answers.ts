import { createHash } from 'node:crypto';
import type { MiddlewareObj, Request } from '@middy/core';
import type { Job } from '../../core/jobs/job.ts';
import type { Log } from '../../core/ports.ts';
import type { ApiEvent, ApiResult } from './route.ts';

/** An answer with a body of JSON. What it tells may be outdated at once, so nobody may cache it. */
export function json(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): ApiResult {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/**
 * The entity tag of a job: weak, because an answer also tells when the job was last checked, which
 * changes with every pass while the job itself does not [RFC 9110, section 8.8.1].
 */
export function entityTag({ version }: Pick<Job, 'version'>): string {
  return `W/"${version}"`;
}

/**
 * Whether an `If-None-Match` names a tag: by weak comparison, which takes no notice of the `W/`
 * [RFC 9110, section 13.1.2].
 */
export function isNamedBy(ifNoneMatch: string | undefined, tag: string): boolean {
  const names = ifNoneMatch?.split(',').map((name) => opaqueTag(name.trim())) ?? [];
  return names.includes('*') || names.includes(opaqueTag(tag));
}

/** Headers of an answer that its caller may keep, and has to ask about each time. */
export function revalidated(tag: string) {
  return { ETag: tag, 'Cache-Control': 'private, no-cache' };
}

/** The entity tag of a body: weak, since it may be sent compressed. */
export function tagOf(body: string): string {
  return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
}

/**
 * Middleware that gives every answer to a GET a tag of its body, unless it has one already, and answers
 * who knows it with 304 and no body: whoever polls hears nothing of what is not new.
 */
export function entityTags(): MiddlewareObj<ApiEvent, ApiResult> {
  return {
    after: (request) => {
      const { event, response } = request;
      const isRead = event.requestContext.http.method === 'GET' && response?.statusCode === 200;
      if (!response || !isRead || response.headers?.ETag) return;
      const headers = revalidated(tagOf(response.body ?? ''));
      if (isNamedBy(event.headers['if-none-match'], headers.ETag)) {
        request.response = { statusCode: 304, headers };
      } else {
        response.headers = { ...response.headers, ...headers };
      }
    },
  };
}

function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, '');
}

/**
 * Headers that mean something for JSON which no page embeds.
 * [https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers]
 */
const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox; " +
    'upgrade-insecure-requests',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Middleware that adds them to every answer that does not say otherwise, as the page does. */
export function securityHeaders(): MiddlewareObj<ApiEvent, ApiResult> {
  const add = ({ response }: Request<ApiEvent, ApiResult>): void => {
    if (response) response.headers = { ...SECURITY_HEADERS, ...response.headers };
  };
  return { after: add, onError: add };
}

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

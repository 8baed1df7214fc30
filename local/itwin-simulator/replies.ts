/**
 * How the platform replies over HTTP: in JSON, and with its errors. Source of the errors, unless said
 * otherwise: https://developer.bentley.com/apis/insights/operations/get-extraction-status/
 */
import { type ServerResponse, STATUS_CODES } from 'node:http';

/** The content type of every documented body. */
export const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** One whole HTTP response. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A reply with a JSON body. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** Sends a reply. */
export function send(response: ServerResponse, reply: Reply): void {
  response.statusCode = reply.status;
  response.setHeaders(new Map(Object.entries(reply.headers)));
  response.end(reply.body);
}

/** Acts on a response after `delayMs` milliseconds, unless its connection is gone by then. */
export function after(
  response: ServerResponse,
  delayMs: number | undefined,
  act: () => void,
): void {
  if (delayMs === undefined) {
    act();
    return;
  }
  const timer = setTimeout(act, delayMs);
  response.once('close', () => clearTimeout(timer));
}

/** 401 for a request without an Authorization header. */
export function headerNotFound(): Reply {
  return errorBody(
    401,
    'HeaderNotFound',
    'Header Authorization was not found in the request. Access denied.',
  );
}

/** 429; `retryAfter` in seconds or as a ready header text, no `retry-after` header without it. */
export function tooManyRequests(retryAfter?: number | string): Reply {
  return errorBody(
    429,
    'TooManyRequests',
    'More requests were received than the subscription rate-limit allows.',
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  );
}

/** 404 for a run that upstream does not know. */
export function extractionStatusNotFound(): Reply {
  return json(404, {
    error: {
      code: 'ExtractionStatusNotFound',
      message: 'Requested ExtractionStatus is not available.',
      target: 'jobId',
    },
  });
}

/**
 * 401 for a token that is unknown, expired or revoked. The page has no body for it; this one is
 * what the iModels API of the same platform answers (tests of iTwin/imodels-clients).
 */
export function unauthorized(): Reply {
  return errorBody(
    401,
    'Unauthorized',
    'Access denied due to invalid access_token. Make sure that issuer is correct, the token is not expired and is not corrupted.',
  );
}

/**
 * An error reply of any HTTP status. The page has no 403; other APIs of the platform (the iTwins
 * API, for one) document this one. The rest are named by their standard phrase.
 */
export function errorReply(status: number): Reply {
  switch (status) {
    case 401:
      return unauthorized();
    case 403:
      return errorBody(
        403,
        'InsufficientPermissions',
        'The user has insufficient permissions for the requested operation.',
      );
    case 404:
      return extractionStatusNotFound();
    case 429:
      return tooManyRequests();
    default: {
      const phrase = STATUS_CODES[status] ?? 'Unknown Error';
      return errorBody(status, phrase.replaceAll(/\W/g, ''), `${phrase}.`);
    }
  }
}

/** A reply in the error schema of the platform. */
export function errorBody(
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Reply {
  return json(status, { error: { code, message } }, headers);
}

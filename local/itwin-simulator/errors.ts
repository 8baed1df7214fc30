/**
 * How the platform and what stands before it refuse a request. Sources:
 * - the error schema and its codes: the operations of https://developer.bentley.com/apis/insights/
 * - rate limits and their headers: `apis/overview/rate-limits.md` of iTwin/platform-api-documentation
 * - a text without the schema: iTwin/itwin-unreal-plugin#105
 * - the bodies of the gateway: the policies `quota` and `rate-limit` of Azure API Management
 */
import { STATUS_CODES } from 'node:http';
import { json, type Reply } from './replies.ts';
import type { ErrorAnswer, RetryAfter } from './script.ts';

/** The simulated endpoints that stand for upstream. */
export type Endpoint = 'status' | 'logs' | 'token';

/** Whose request is refused, and by which clock (ms since the epoch). */
export type Asked = { readonly endpoint: Endpoint; readonly now: () => number };

/** What the error schema has beside `code`. */
type Words = {
  readonly message: string;
  readonly target?: string;
  readonly details?: ErrorAnswer['details'];
};

const WORDS: Readonly<Record<string, Words>> = {
  HeaderNotFound: {
    message: 'Header Authorization was not found in the request. Access denied.',
  },
  // The page has no body for a token that is not good; this one is of the iModels API, by the tests
  // of iTwin/imodels-clients.
  Unauthorized: {
    message:
      'Access denied due to invalid access_token. Make sure that issuer is correct, the token is not expired and is not corrupted.',
  },
  // Not on the page; the iTwins API documents it.
  InsufficientPermissions: {
    message: 'The user has insufficient permissions for the requested operation.',
  },
  ExtractionStatusNotFound: {
    message: 'Requested ExtractionStatus is not available.',
    target: 'jobId',
  },
  ExtractionLogNotFound: { message: 'Requested ExtractionLog is not available.', target: 'jobId' },
  InvalidInsightsRequest: {
    message: 'The request is not valid.',
    details: [{ code: 'InvalidParameter', message: 'A parameter of the query is not valid.' }],
  },
  TooManyRequests: {
    message: 'More requests were received than the subscription rate-limit allows.',
  },
  RateLimitExceeded: {
    message: 'More requests were received than the subscription rate-limit allows.',
  },
};

const CODES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'InsufficientPermissions',
  422: 'InvalidInsightsRequest',
  429: 'TooManyRequests',
};

const NOT_FOUND: Readonly<Record<Endpoint, string>> = {
  status: 'ExtractionStatusNotFound',
  logs: 'ExtractionLogNotFound',
  token: 'NotFound',
};

/** What a CDN says of its origin; no standard has these. */
const CDN_PHRASES: Readonly<Record<number, string>> = {
  520: 'Web Server Returned an Unknown Error',
  521: 'Web Server Is Down',
  522: 'Connection Timed Out',
  524: 'A Timeout Occurred',
};

/** An error in the form asked for: its body, `retry-after`, and what belongs to a rate limit. */
export function errorReply(error: ErrorAnswer, asked: Asked): Reply {
  const reply = inForm(error, asked);
  const headers = { ...reply.headers, ...retryHeaders(error, asked.now()) };
  return { ...reply, headers, gzip: error.gzip === true };
}

function inForm(error: ErrorAnswer, { endpoint, now }: Asked): Reply {
  const { status, form = 'platform' } = error;
  const phrase = phraseOf(status);
  switch (form) {
    case 'platform':
      return inSchema(error, endpoint);
    case 'gateway': {
      const message = error.message ?? gatewayMessage(status, secondsOf(error.retryAfter, now()));
      return json(status, { statusCode: status, message });
    }
    case 'text':
      return page(status, 'text/plain; charset=utf-8', error.message ?? `${phrase}.`);
    case 'html': {
      const title = `${status} ${error.message ?? phrase}`;
      const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
      return page(status, 'text/html; charset=UTF-8', body);
    }
  }
}

function inSchema(error: ErrorAnswer, endpoint: Endpoint): Reply {
  const { status } = error;
  const phrase = phraseOf(status);
  const ordinary = status === 404 ? NOT_FOUND[endpoint] : CODES[status];
  const code = error.code ?? ordinary ?? phrase.replaceAll(/\W/g, '');
  const words = WORDS[code] ?? { message: `${phrase}.` };
  const { message = words.message, details = words.details } = error;
  return json(status, { error: { code, ...words, message, ...(details && { details }) } });
}

function gatewayMessage(status: number, seconds: number | undefined): string {
  switch (status) {
    case 401:
      return 'Invalid JWT.';
    case 403: {
      const until = seconds === undefined ? '' : ` Quota will be replenished in ${span(seconds)}.`;
      return `Out of call volume quota.${until}`;
    }
    case 404:
      return 'Resource not found';
    case 429:
      return `Rate limit is exceeded. Try again in ${seconds ?? 1} seconds.`;
    default:
      return phraseOf(status);
  }
}

/** `hh:mm:ss`, or `d.hh:mm:ss` from a day on. */
function span(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const time = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days > 0 ? `${days}.${time}` : time;
}

function page(status: number, contentType: string, body: string): Reply {
  return { status, headers: { 'content-type': contentType }, body };
}

function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? CDN_PHRASES[status] ?? 'Unknown Error';
}

function retryHeaders(error: ErrorAnswer, now: number): Readonly<Record<string, string>> {
  const { status, form = 'platform', retryAfter } = error;
  if (retryAfter === undefined) return {};
  const seconds = secondsOf(retryAfter, now);
  return {
    'retry-after': typeof retryAfter === 'object' ? httpDate(retryAfter, now) : String(retryAfter),
    ...(status === 429 &&
      form === 'platform' &&
      seconds !== undefined && {
        'itwinplatform-ratelimit-remainingcalls': '0',
        'itwinplatform-ratelimit-retry-after-seconds': String(seconds),
      }),
  };
}

/** How long to wait, in whole seconds; undefined when the header does not say it. */
function secondsOf(retryAfter: RetryAfter | undefined, now: number): number | undefined {
  const wait =
    typeof retryAfter === 'object'
      ? Math.ceil(now / 1000) + retryAfter.inSeconds - now / 1000
      : Number(retryAfter);
  return Number.isFinite(wait) && wait >= 0 ? Math.ceil(wait) : undefined;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The date in one of the three forms of RFC 9110 section 5.6.7; never earlier than it should be. */
function httpDate(
  { inSeconds, as }: Extract<RetryAfter, { readonly inSeconds: number }>,
  now: number,
): string {
  const date = new Date((Math.ceil(now / 1000) + inSeconds) * 1000);
  const fixdate = date.toUTCString();
  const [weekday = '', day = '', month, year = '', time] = fixdate.split(/,? /);
  switch (as) {
    case 'IMF-fixdate':
      return fixdate;
    case 'rfc850-date':
      return `${WEEKDAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(-2)} ${time} GMT`;
    case 'asctime-date':
      return `${weekday} ${month} ${String(date.getUTCDate()).padStart(2)} ${time} ${year}`;
  }
}

/** The headers that the platform puts on its own answers (iTwin/itwin-unreal-plugin#105). */
export function platformHeaders(correlationId: string): Map<string, string> {
  return new Map([
    ['x-correlation-id', correlationId],
    ['x-itwinplatform-media-type', 'bentley.itwin-platform.v1'],
    ['x-itwinplatform-region', 'West Europe'],
    ['tier', 'iTwin Platform Community'],
    ['request-context', 'appId=cid-v1:7d0c2f5a-93b8-4e61-a1f4-0b6d8e25c913'],
  ]);
}

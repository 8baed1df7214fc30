import { isUtf8 } from 'node:buffer';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { HttpProblem } from './problems.ts';
import type { ApiEvent, ApiResult, ApiRoute } from './route.ts';

/** The body is larger than what is read. */
export class BodyTooLarge extends HttpProblem {
  override readonly name = 'BodyTooLarge';

  /** @param limit bytes */
  constructor(limit: number) {
    super(413, `The body is larger than ${limit} bytes.`);
  }
}

/** The body is said to be something else than JSON. */
export class BodyNotJson extends HttpProblem {
  override readonly name = 'BodyNotJson';

  constructor() {
    super(415, 'Send the body as application/json.');
  }
}

/** The largest body that is read, in bytes. */
export const MAX_BODY = 64 * 1_024;

/** The handler of a route that takes a body: `event.body` is what the body says in JSON. */
export function withBody(handler: (event: ApiEvent) => Promise<ApiResult>): ApiRoute['handler'] {
  return middy<ApiEvent, ApiResult>()
    .use({ before: ({ event }) => refuseUnreadable(event), onError: explain })
    .use(httpJsonBodyParser({ disableContentTypeCheck: true }))
    .handler(handler);
}

/** The parser's own check allows no blank before a parameter, which HTTP does [RFC 9110, section 5.6.6]. */
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json[ \t]*(;|$)/i;

function refuseUnreadable({ body = '', headers, isBase64Encoded }: ApiEvent): void {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) throw new HttpProblem(400, 'The body is empty. Send a JSON object.');
  if (bytes.length > MAX_BODY) throw new BodyTooLarge(MAX_BODY);
  if (!isUtf8(bytes)) throw new HttpProblem(400, 'The body is not valid UTF-8.');
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) throw new BodyNotJson();
}

/** The parser's own errors in our words. It says 422 of a body that is no JSON. */
function explain({ error }: { readonly error: unknown }): void {
  if (!(error instanceof Error) || !('statusCode' in error)) return;
  if (error.statusCode === 422) throw new HttpProblem(400, `${error.message}.`);
}

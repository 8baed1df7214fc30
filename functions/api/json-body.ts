import { isUtf8 } from 'node:buffer';
import type { MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { BodyNotJson, BodyTooLarge } from './body-problems.ts';
import { HttpProblem } from './problem.ts';
import type { ApiEvent } from './route.ts';

/** The largest body that is read, in bytes. */
export const MAX_BODY = 64 * 1_024;

/** Middlewares that put what the body says in JSON in place of `event.body`. */
export function jsonBody(): MiddlewareObj<ApiEvent>[] {
  return [
    { before: ({ event }) => refuseUnreadable(event), onError: explain },
    httpJsonBodyParser(),
  ];
}

function refuseUnreadable({ body = '', isBase64Encoded }: ApiEvent): void {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) throw new HttpProblem(400, 'The body is empty. Send a JSON object.');
  if (bytes.length > MAX_BODY) throw new BodyTooLarge(MAX_BODY);
  if (!isUtf8(bytes)) throw new HttpProblem(400, 'The body is not valid UTF-8.');
}

/** The parser's own errors in our words. It says 422 of a body that is no JSON. */
function explain({ error }: { readonly error: unknown }): void {
  if (!(error instanceof Error) || !('statusCode' in error)) return;
  if (error.statusCode === 415) throw new BodyNotJson();
  if (error.statusCode === 422) throw new HttpProblem(400, `${error.message}.`);
}

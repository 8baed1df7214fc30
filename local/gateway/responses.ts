import { validateHeaderValue } from 'node:http';
import { z } from 'zod';

/** An HTTP response, ready to be sent. */
export type GatewayResponse = {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly body: Buffer;
};

/** The function returned something that API Gateway cannot make a response of; the caller got 500. */
export class MalformedResult extends Error {
  override readonly name = 'MalformedResult';
}

/** Format 2.0's structured result; fields beyond these are ignored, as the real gateway does. */
const StructuredResult = z.object({
  statusCode: z.int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers that are node's to set: a function's own would contradict what is really sent. */
const FRAMING = ['connection', 'content-length', 'transfer-encoding'];

/**
 * What an HTTP API makes of the result of a function in payload format 2.0. A result without
 * `statusCode` is a 200 whose JSON body is the result; recordings show that a string is sent
 * as it is, and still called JSON. A structured result without a content type is `text/plain`.
 * Throws `MalformedResult` where the real gateway answers 500.
 */
export function toResponse(result: unknown): GatewayResponse {
  // The gateway sees what the Lambda runtime makes of a result: JSON, where nothing is null.
  const payload: unknown = JSON.parse(JSON.stringify(result ?? null));
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    return jsonResponse(200, typeof payload === 'string' ? payload : JSON.stringify(payload));
  }
  const structured = StructuredResult.safeParse(payload);
  if (!structured.success) {
    throw new MalformedResult(
      `API Gateway cannot use the function's result:\n${z.prettifyError(structured.error)}`,
    );
  }
  const { statusCode, body, isBase64Encoded, headers, cookies } = structured.data;
  return {
    statusCode,
    headers: responseHeaders(headers ?? {}, cookies ?? []),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function responseHeaders(
  fields: Readonly<Record<string, string | number | boolean>>,
  cookies: readonly string[],
): Headers {
  const headers = new Headers({ 'content-type': 'text/plain; charset=utf-8' });
  try {
    for (const [name, value] of Object.entries(fields)) headers.set(name, String(value));
    for (const cookie of cookies) headers.append('set-cookie', cookie);
    // Headers admits control characters that node then refuses to send.
    for (const [name, value] of headers) validateHeaderValue(name, value);
  } catch (cause) {
    throw new MalformedResult('The function returned a header that HTTP does not allow.', {
      cause,
    });
  }
  for (const name of FRAMING) headers.delete(name);
  return headers;
}

/** A response whose body is JSON text. */
export function jsonResponse(statusCode: number, json: string): GatewayResponse {
  return {
    statusCode,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: Buffer.from(json),
  };
}

import type { ApiResult } from './route.ts';

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

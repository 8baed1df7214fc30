import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Changes } from './script.ts';

/** The content type of every documented body. */
export const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** One whole HTTP response. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is sent compressed, whatever the client accepts. @default false */
  readonly gzip?: boolean;
};

/** A reply with a JSON body. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
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

/** The fields with what a script puts in and leaves out. */
export function changed(fields: object, { put, omit = [] }: Changes): object {
  const kept = Object.entries({ ...fields, ...put }).filter(([name]) => !omit.includes(name));
  return Object.fromEntries(kept);
}

/** Sends a reply. */
export function send(response: ServerResponse, { status, headers, body, gzip }: Reply): void {
  response.statusCode = status;
  response.setHeaders(new Map(Object.entries(headers)));
  if (gzip) {
    response.setHeader('content-encoding', 'gzip');
  }
  response.end(gzip ? gzipSync(body) : body);
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

import type { ServerResponse } from 'node:http';

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

import { readFileSync } from 'node:fs';
import type { RawRequest } from './raw-request.ts';

/** A request that a real HTTP API got, and what of the event it made does not vary by account. */
export type RecordedEvent = {
  readonly title: string;
  readonly request: Omit<RawRequest, 'body'> & {
    readonly body?: string;
    readonly bodyBase64?: string;
  };
  readonly event: { readonly requestContext: { readonly timeEpoch: number } };
};

/** A path as it was sent, and as it reached the function; null where the API answered 400. */
export type MeasuredPath = { readonly path: string; readonly rawPath: string | null };

/** Whether a body of this content type reached the function in base64; null is no content type. */
export type MeasuredContentType = {
  readonly contentType: string | null;
  readonly isBase64Encoded: boolean;
};

/** What a function returned, and the response a real HTTP API made of it. */
export type RecordedResponse = {
  readonly title: string;
  readonly result: unknown;
  readonly response: {
    readonly status: number;
    readonly contentType: string;
    readonly body: string;
  };
};

/** A file of cases from the fixtures folder; each file names its source. */
export function fixture<Case>(name: string): {
  readonly query?: string;
  readonly cases: readonly Case[];
} {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
}

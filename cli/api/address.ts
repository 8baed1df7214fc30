import { UsageError } from '../errors.ts';

/** Where the local run answers. */
export const LOCAL_URL = 'http://127.0.0.1:3000';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Where the API is, and whether that is this machine. */
export interface Address {
  readonly url: URL;
  /** The local run asks for no credentials, so it gets none. */
  readonly isLocal: boolean;
}

/**
 * Reads the address of the API.
 *
 * @throws UsageError when it is none, has credentials in it, or would send credentials unencrypted
 */
export function readAddress(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`"${text}" is not the URL of an API. One looks like ${LOCAL_URL}.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError('The URL of the API is scheme, host and path, and nothing else.');
  }
  const isLocal = LOOPBACK.has(url.hostname);
  if (!isLocal && url.protocol === 'http:') {
    throw new UsageError(
      `${url.origin} would get credentials unencrypted. Give the URL with https://.`,
    );
  }
  return { url, isLocal };
}

import { createClient } from '../../client/index.js';
import { UsageError } from '../errors.ts';
import type { Address } from './address.ts';
import { createRetryingFetch, type Retries } from './retrying-fetch.ts';
import type { Fetch } from './signed-fetch.ts';

/** The API, typed by its document. */
export type Api = ReturnType<typeof createClient>;

/**
 * Connects to the API: the local run without credentials, a deployed one with the token, if there
 * is one, and else with the AWS credentials of whoever runs the command.
 */
export function connect(address: Address, token: string | undefined, retries: Retries): Api {
  const send = createRetryingFetch(createSend(address, token), retries);
  return createClient({ baseUrl: address.url.href, fetch: send });
}

/** Sends requests with what proves who asks, each once. @throws UsageError when the token is none */
export function createSend({ url, isLocal }: Address, token: string | undefined): Fetch {
  if (isLocal) return fetch;
  if (token === undefined) return whenFirstAsked(url);
  const authorization = `Bearer ${bearerToken(token)}`;
  return (request) => {
    const authorized = new Request(request);
    authorized.headers.set('authorization', authorization);
    return fetch(authorized);
  };
}

/**
 * A token as a header takes it. `fetch` would quote any other in its error, and that would be taken for
 * no answer.
 *
 * @throws UsageError
 */
function bearerToken(text: string): string {
  const token = text.trim();
  if (/^[!-~]+$/.test(token)) return token;
  throw new UsageError(
    'EXTRACTION_MONITOR_TOKEN is no token: set it to the token alone, without "Bearer", blanks or ends of lines.',
  );
}

/** What looks for credentials takes longer to load than all the rest: help does without. */
function whenFirstAsked(url: URL): Fetch {
  let signed: Promise<Fetch> | undefined;
  return async (request) => {
    signed ??= import('./signed-fetch.ts').then(({ createSignedFetch }) => createSignedFetch(url));
    return (await signed)(request);
  };
}

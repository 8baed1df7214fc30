import type { IncomingMessage, ServerResponse } from 'node:http';
import { unescape as unescapePercents } from 'node:querystring';
import { text } from 'node:stream/consumers';
import { misbehave } from './misbehave.ts';
import { after, changed, json, type Reply, send } from './replies.ts';
import type { TokenAnswer } from './script.ts';

/** Where the token endpoint is, as at https://ims.bentley.com. */
export const TOKEN_PATH = '/connect/token';

const SCOPE = 'itwin-platform';

type Client = { readonly id: string; readonly secret: string };

/** The access tokens that are good at the moment. */
export type Tokens = {
  /** How long an issued token is good for, in seconds. */
  readonly lifetimeSeconds: number;
  readonly issue: () => string;
  /** Whether an Authorization header carries a token that is neither expired nor revoked. */
  readonly accepts: (authorization: string) => boolean;
  /** Ends every token at once, a fixed one included. */
  readonly revokeAll: () => void;
};

/** The OAuth 2.0 token endpoint: client credentials only, by form or by HTTP Basic (RFC 6749). */
export type TokenEndpoint = {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Answers every token request so; undefined brings normal answers back. */
  readonly override: (answer: TokenAnswer | undefined) => void;
  /** The override in force. */
  readonly overridden: () => TokenAnswer | undefined;
  /** Knows the client by this secret only from now on; issued tokens stay good. */
  readonly rotateSecret: (secret: string) => void;
};

/**
 * Tokens that expire by the clock `now` (ms since the epoch). A `fixedToken` is good from the
 * start and never expires.
 */
export function createTokens(
  now: () => number,
  lifetimeSeconds: number,
  fixedToken?: string,
): Tokens {
  const expiryByToken = new Map<string, number>();
  let issued = 0;
  if (fixedToken !== undefined) {
    expiryByToken.set(fixedToken, Number.POSITIVE_INFINITY);
  }
  return {
    lifetimeSeconds,
    issue: () => {
      issued += 1;
      const token = `simulated-token-${issued}`;
      expiryByToken.set(token, now() + lifetimeSeconds * 1000);
      return token;
    },
    accepts: (authorization) => {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
      return now() < (expiryByToken.get(token) ?? 0);
    },
    revokeAll: () => expiryByToken.clear(),
  };
}

/** A token endpoint that knows one client and issues into `tokens`; `now` in ms since the epoch. */
export function createTokenEndpoint(
  tokens: Tokens,
  client: Client,
  now: () => number,
): TokenEndpoint {
  let known = client;
  let override: TokenAnswer | undefined;
  return {
    handle: async (request, response) => {
      const answer = override ?? { kind: 'token' };
      if (answer.kind !== 'token' && answer.kind !== 'oauthError') {
        misbehave(response, answer, { endpoint: 'token', now });
        return;
      }
      const form = await formOf(request);
      const reply =
        answer.kind === 'oauthError'
          ? scriptedError(answer, sentBy(request, form))
          : (refusalAsHttp(request) ?? grant({ tokens, known, answer }, request, form));
      after(response, answer.delayMs, () => send(response, reply));
    },
    override: (answer) => {
      override = answer;
    },
    overridden: () => override,
    rotateSecret: (secret) => {
      known = { ...known, secret };
    },
  };
}

function refusalAsHttp({ method, headers }: IncomingMessage): Reply | undefined {
  if (method !== 'POST') {
    return oauthError(405, 'invalid_request', 'Use POST.', { allow: 'POST' });
  }
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return oauthError(400, 'invalid_request', 'Send application/x-www-form-urlencoded.');
  }
  return undefined;
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await text(request));
}

function grant(
  {
    tokens,
    known,
    answer,
  }: {
    readonly tokens: Tokens;
    readonly known: Client;
    readonly answer: Extract<TokenAnswer, { readonly kind: 'token' }>;
  },
  request: IncomingMessage,
  form: URLSearchParams,
): Reply {
  const { authorization } = request.headers;
  if (authorization !== undefined && form.has('client_secret')) {
    return oauthError(400, 'invalid_request', 'Authenticate by header or by form, not by both.');
  }
  const client = sentBy(request, form);
  if (client.id !== known.id || client.secret !== known.secret) {
    // RFC 6749 section 5.2 wants a challenge only for those who came by the header.
    const challenge = { 'www-authenticate': 'Basic realm="iTwin simulator"' };
    const headers = authorization === undefined ? {} : challenge;
    return oauthError(401, 'invalid_client', 'Unknown client or wrong secret.', headers);
  }
  if (!form.has('grant_type')) {
    return oauthError(400, 'invalid_request', 'The parameter grant_type is missing.');
  }
  if (form.get('grant_type') !== 'client_credentials') {
    return oauthError(400, 'unsupported_grant_type', 'Use client_credentials.');
  }
  if (form.get('scope') !== SCOPE) {
    return oauthError(400, 'invalid_scope', `Ask for the scope ${SCOPE}.`);
  }
  const token = { access_token: tokens.issue(), token_type: 'Bearer', scope: SCOPE };
  const body = changed({ ...token, expires_in: tokens.lifetimeSeconds }, answer);
  return json(200, body, { 'cache-control': 'no-store' });
}

function scriptedError(
  { status = 400, error, description }: Extract<TokenAnswer, { readonly kind: 'oauthError' }>,
  { secret }: Client,
): Reply {
  const echo = (words: string): string => words.replaceAll('{client_secret}', () => secret);
  return oauthError(status, echo(error), description === undefined ? undefined : echo(description));
}

function sentBy({ headers }: IncomingMessage, form: URLSearchParams): Client {
  const { authorization } = headers;
  return authorization === undefined ? clientOfForm(form) : clientOfBasic(authorization);
}

function clientOfForm(form: URLSearchParams): Client {
  return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
}

/** Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function clientOfBasic(authorization: string): Client {
  const [scheme, encoded = ''] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'basic') {
    return { id: '', secret: '' };
  }
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  const decode = (part: string): string => unescapePercents(part.replaceAll('+', ' '));
  return { id: decode(id), secret: decode(secret.join(':')) };
}

function oauthError(
  status: number,
  error: string,
  description?: string,
  headers?: Readonly<Record<string, string>>,
): Reply {
  return json(status, { error, error_description: description }, headers);
}

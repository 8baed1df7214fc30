import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
} from 'oauth4webapi';
import { CredentialsRefused, TokenEndpointDown, type TokenFault } from '../../core/errors.ts';
import { fieldsOf, parseJson } from '../../core/objects.ts';
import { HOUR, SECOND } from '../../core/time.ts';
import type { Credentials } from '../secrets/credentials.ts';
import { fetchFailure, isDropped, readText, TimedOut, USER_AGENT, withTimeout } from './http.ts';

/** Settings of the token endpoint. */
export interface TokenGrantOptions {
  /** The token endpoint; Bentley's is `https://ims.bentley.com/connect/token`. */
  readonly tokenUrl: string;
  /** @default 'itwin-platform' */
  readonly scope?: string;
  /**
   * How the client names itself [RFC 6749, section 2.3.1]. Bentley documents the form; Basic wants
   * both halves percent-encoded first, on which not every server agrees.
   *
   * @default 'client_secret_post'
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * How long (ms) a token request may take, its repeat included.
   *
   * @default 10000
   */
  readonly timeoutMs?: number;
}

/** The two standard ways to send a client secret. */
export type ClientAuthentication = keyof typeof CLIENT_AUTHENTICATIONS;

/** An access token. */
interface Token {
  readonly accessToken: string;
  /** How long (ms) it is good for. */
  readonly lifetime: number;
}

/** Turns credentials into a token. */
type TokenGrant = (credentials: Credentials, signal: AbortSignal) => Promise<Token>;

/** The secret would go over the network for everybody to read. */
export class InsecureTokenUrl extends Error {
  override readonly name = 'InsecureTokenUrl';
}

/** What Bentley's own service client gives the token endpoint. */
const TIMEOUT = 10_000;
/** Of a token that does not tell. When it is shorter, the 401 that comes of it renews the token. */
const DEFAULT_LIFETIME = HOUR;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const CLIENT_AUTHENTICATIONS = {
  client_secret_basic: ClientSecretBasic,
  client_secret_post: ClientSecretPost,
};

/** What an endpoint says of itself, not of the credentials [RFC 6749, section 4.1.2.1]. */
const OUTAGES: ReadonlySet<unknown> = new Set(['server_error', 'temporarily_unavailable']);

/** All values of `error` there are [RFC 6749, sections 4.1.2.1 and 5.2]; any other may be a secret. */
const ERROR_CODES: ReadonlySet<unknown> = new Set([
  ...OUTAGES,
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
]);

/**
 * The client credentials grant [RFC 6749, section 4.4]: one request for one token, sent once more
 * when its connection was dropped. Its errors carry nothing of the answer but the status and a code
 * of the standard, and nothing of what was thrown: either may hold the secret or a token.
 *
 * @returns a function that throws CredentialsRefused, TokenEndpointDown, or its signal's reason
 * @throws InsecureTokenUrl when the URL is plain HTTP to another machine
 */
export function createTokenGrant(options: TokenGrantOptions): TokenGrant {
  const { scope = 'itwin-platform', timeoutMs = TIMEOUT } = options;
  const authenticate = CLIENT_AUTHENTICATIONS[options.clientAuthentication ?? 'client_secret_post'];
  const server = authorizationServer(options);

  return async ({ clientId, clientSecret }, signal) => {
    const [status, text] = await exchange(signal, timeoutMs, async (limited) => {
      const answer = await clientCredentialsGrantRequest(
        server,
        { client_id: clientId },
        authenticate(clientSecret),
        { scope },
        {
          signal: limited,
          headers: { 'user-agent': USER_AGENT },
          [allowInsecureRequests]: true,
          [customFetch]: fetchAgainIfDropped,
        },
      );
      return [answer.status, await readText(answer)] as const;
    });
    const fields = fieldsOf(parseJson(text ?? ''));
    if (status !== 200) throw failure(status, fields.error);
    return tokenOf(fields);
  };
}

function authorizationServer({ tokenUrl }: TokenGrantOptions) {
  const { protocol, hostname, origin, href } = new URL(tokenUrl);
  if (protocol !== 'https:' && !LOOPBACK.has(hostname)) {
    throw new InsecureTokenUrl(`Use https for the token URL: the client secret goes to ${origin}.`);
  }
  return { issuer: origin, token_endpoint: href };
}

async function exchange<T>(
  signal: AbortSignal,
  ms: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await withTimeout(signal, ms, run);
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof TimedOut ? error.message : fetchFailure(error);
    throw new TokenEndpointDown(`The token endpoint gave no answer: ${why}.`);
  }
}

/** Another token does no harm, so the request may be repeated. */
async function fetchAgainIfDropped(...request: Parameters<typeof fetch>): Promise<Response> {
  try {
    return await fetch(...request);
  } catch (error) {
    if (!isDropped(error)) throw error;
    return await fetch(...request);
  }
}

/** The token of a 200 [RFC 6749, section 5.1]. */
function tokenOf({ access_token, token_type, expires_in }: ReturnType<typeof fieldsOf>): Token {
  if (typeof access_token !== 'string' || !isBearerToken(access_token))
    throw failure(200, undefined);
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer') {
    throw new TokenEndpointDown('The token endpoint gave a token whose token_type is not Bearer.');
  }
  return { accessToken: access_token, lifetime: lifetimeOf(expires_in) };
}

/** In ms. Without the limit, a token that lives for nothing would be asked for at every check. */
function lifetimeOf(expiresIn: unknown): number {
  if (expiresIn === undefined) return DEFAULT_LIFETIME;
  // Some servers write the number as a text.
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  if (typeof seconds === 'number' && seconds >= 1 && Number.isFinite(seconds)) {
    return seconds * SECOND;
  }
  throw new TokenEndpointDown(
    'The token endpoint gave a token whose lifetime (expires_in) is not a number of 1 s or more.',
  );
}

/** The credentials are refused by 401, and by a 400 that says why [RFC 6749, section 5.2]. */
function failure(status: number, error: unknown): TokenFault {
  const answer = ERROR_CODES.has(error) ? `${status} ${error}` : `${status}`;
  const saysWhy = typeof error === 'string' && !OUTAGES.has(error);
  return status === 401 || (status === 400 && saysWhy)
    ? new CredentialsRefused(
        `The token endpoint refuses (${answer}): check the client id, the client secret and the scope.`,
      )
    : new TokenEndpointDown(`The token endpoint answered ${answer} without a usable token.`);
}

const HEADER_SAFE = /^[!-~]+$/;

/** Whether a text can be sent as a bearer token: printable ASCII without spaces. */
export function isBearerToken(text: string): boolean {
  return HEADER_SAFE.test(text);
}

import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  processClientCredentialsResponse,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'oauth4webapi';
import { CredentialsRefused, TokenEndpointDown } from '../../core/errors.ts';
import { asciiLine } from '../../core/text.ts';
import { HOUR, SECOND } from '../../core/time.ts';
import type { Credentials } from '../secrets/credentials.ts';
import { fetchFailure, readText, TimedOut, USER_AGENT, withTimeout } from './http.ts';

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
   * How long (ms) a token request may take.
   *
   * @default 5000
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

const TIMEOUT = 5_000;
/** Of a token that does not tell. When it is shorter, the 401 that comes of it renews the token. */
const DEFAULT_LIFETIME = HOUR;
const CODE_LENGTH = 40;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const CLIENT_AUTHENTICATIONS = {
  client_secret_basic: ClientSecretBasic,
  client_secret_post: ClientSecretPost,
};

/**
 * The client credentials grant [RFC 6749, section 4.4]: one request for one token. Its errors carry
 * nothing of what the library threw, which holds the answer and so maybe a token.
 *
 * @returns a function that throws CredentialsRefused, TokenEndpointDown, or its signal's reason
 * @throws InsecureTokenUrl when the URL is plain HTTP to another machine
 */
export function createTokenGrant(options: TokenGrantOptions): TokenGrant {
  const { scope = 'itwin-platform', timeoutMs = TIMEOUT } = options;
  const authenticate = CLIENT_AUTHENTICATIONS[options.clientAuthentication ?? 'client_secret_post'];
  const server = authorizationServer(options);

  return async ({ clientId, clientSecret }, signal) => {
    const client = { client_id: clientId };
    const [response, text] = await exchange(signal, timeoutMs, async (limited) => {
      const answer = await clientCredentialsGrantRequest(
        server,
        client,
        authenticate(clientSecret),
        { scope },
        { signal: limited, headers: { 'user-agent': USER_AGENT }, [allowInsecureRequests]: true },
      );
      return [answer, await readText(answer)] as const;
    });
    try {
      const whole = new Response(text, response);
      return tokenOf(await processClientCredentialsResponse(server, client, whole));
    } catch (error) {
      throw refusal(error, response.status) ?? unusable(response.status);
    }
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

function tokenOf({ access_token, expires_in }: TokenEndpointResponse): Token {
  if (!isBearerToken(access_token)) throw new TypeError('No header can carry this token.');
  const lifetime = expires_in === undefined ? DEFAULT_LIFETIME : expires_in * SECOND;
  return { accessToken: access_token, lifetime };
}

/** 401, or a 400 that says why [RFC 6749, section 5.2]. */
function refusal(error: unknown, status: number): CredentialsRefused | undefined {
  const code = error instanceof ResponseBodyError ? error.error : undefined;
  if (status !== 401 && (status !== 400 || code === undefined)) return undefined;
  const why = code === undefined ? status : `${status} ${asciiLine(code, CODE_LENGTH)}`;
  return new CredentialsRefused(
    `The token endpoint refuses (${why}): check the client id, the client secret and the scope.`,
  );
}

function unusable(status: number): TokenEndpointDown {
  return new TokenEndpointDown(`The token endpoint answered ${status} without a usable token.`);
}

const HEADER_SAFE = /^[!-~]+$/;

/** Whether a text can be sent as a bearer token: printable ASCII without spaces. */
export function isBearerToken(text: string): boolean {
  return HEADER_SAFE.test(text);
}

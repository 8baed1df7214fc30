import {
  AuthorizationResponseError,
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { createStore } from './store.ts';

/** How readers sign in, as the page was given out. */
interface SignIn {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

/** What has to be known when the reader is back from the issuer: no token, and gone when it was used. */
interface Departure {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** Which view to go back to. */
  readonly hash: string;
}

const DEPARTURE = 'departure';

/** Where the page is: the issuer sends readers back there, and knows the address beforehand. */
const HERE = new URL('.', location.href).href;

const settings = readSettings();

/** In memory alone: it is gone with the page. */
let token: string | undefined;
/** When it expires (ms since the epoch), as far as the issuer says. */
let endsAt = Number.POSITIVE_INFINITY;
/** Why the reader has to sign in; undefined while that is not so. */
export const invitation = createStore<string | undefined>(undefined);

function readSettings(): SignIn | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="sign-in"]');
  return meta ? JSON.parse(meta.content) : undefined;
}

/** What proves who asks; undefined where nobody has signed in. */
export function accessToken(): string | undefined {
  return token;
}

/** The API does not let the reader in. What that means depends on whether there was a token. */
export function notLetIn(): void {
  if (!settings) return;
  // The clocks of the API and the reader differ by seconds.
  const hasEnded = Date.now() > endsAt - MINUTE;
  const refused = hasEnded ? ENDED : 'You are signed in, and the API does not take your token.';
  invitation.set(token ? refused : (invitation.get() ?? 'Sign in to see the runs.'));
  token = undefined;
}

/** Takes the reader to the issuer. */
export async function signIn(): Promise<void> {
  if (!settings) return;
  try {
    const { authorization_endpoint: endpoint } = await discover(settings.issuer);
    if (endpoint === undefined) throw new Error('it says nowhere how');
    const departure: Departure = {
      verifier: generateRandomCodeVerifier(),
      state: generateRandomState(),
      nonce: generateRandomNonce(),
      hash: location.hash,
    };
    const address = new URL(endpoint);
    const parameters = {
      client_id: settings.clientId,
      redirect_uri: HERE,
      response_type: 'code',
      scope: [...new Set(['openid', ...settings.scope.split(' ')])].join(' '),
      state: departure.state,
      nonce: departure.nonce,
      code_challenge: await calculatePKCECodeChallenge(departure.verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    sessionStorage.setItem(DEPARTURE, JSON.stringify(departure));
    location.assign(address);
  } catch (error) {
    invitation.set(`One cannot sign in at ${settings.issuer} at the moment: ${reasonOf(error)}.`);
  }
}

/** Takes the token, when the reader is back from the issuer; else does nothing. */
export async function arrive(): Promise<void> {
  const parameters = new URLSearchParams(location.search);
  if (!settings || !(parameters.has('code') || parameters.has('error'))) return;
  // Not before: a browser that is to keep nothing throws, and would show nothing.
  const departed = sessionStorage.getItem(DEPARTURE);
  sessionStorage.removeItem(DEPARTURE);
  const departure: Partial<Departure> = departed ? JSON.parse(departed) : {};
  // A code can be used once, and belongs into no history.
  history.replaceState(null, '', `${HERE}${departure.hash ?? ''}`);
  // An issuer takes its time, or never answers.
  invitation.set('Signing in…');
  try {
    await takeToken(settings, departure, parameters);
  } catch (error) {
    invitation.set(`You are not signed in: ${reasonOf(error)}.`);
  }
}

async function takeToken(
  { issuer, clientId }: SignIn,
  { state, nonce, verifier }: Partial<Departure>,
  parameters: URLSearchParams,
): Promise<void> {
  if (!state || !nonce || !verifier) throw new Error('it began in another tab, or long ago');
  const server = await discover(issuer);
  const client: Client = { client_id: clientId };
  const checked = validateAuthResponse(server, client, parameters, state);
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    None(),
    checked,
    HERE,
    verifier,
    insecureHere(issuer),
  );
  const { access_token: given, expires_in: seconds } = await processAuthorizationCodeResponse(
    server,
    client,
    response,
    { expectedNonce: nonce, requireIdToken: true },
  );
  token = given;
  invitation.set(undefined);
  endsAt = Date.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1_000;
  if (seconds !== undefined) setTimeout(end, Math.min(seconds * 1_000, LONGEST_TIMER));
}

const LONGEST_TIMER = 2 ** 31 - 1;
const MINUTE = 60_000;
const ENDED = 'Your session has ended.';

function end(): void {
  token = undefined;
  invitation.set(ENDED);
}

async function discover(issuer: string): Promise<AuthorizationServer> {
  const address = new URL(issuer);
  const response = await discoveryRequest(address, insecureHere(issuer));
  return processDiscoveryResponse(address, response);
}

/** Without TLS an issuer is asked on this machine alone, to try the page out. */
function insecureHere(issuer: string) {
  return { [allowInsecureRequests]: new URL(issuer).hostname === '127.0.0.1' };
}

function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError) {
    return error.error_description ?? error.error;
  }
  return error instanceof Error ? error.message : String(error);
}

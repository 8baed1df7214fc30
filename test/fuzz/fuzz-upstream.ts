import fc from 'fast-check';
import { createStatusEndpoint } from '../../functions/adapters/itwin/endpoints.ts';
import { createLogsEndpoint } from '../../functions/adapters/itwin/logs-endpoint.ts';
import { createTokenGrant } from '../../functions/adapters/itwin/token-grant.ts';
import type { LogsAnswer } from '../../functions/core/alerts/log-digest.ts';
import {
  CredentialsRefused,
  DroppedConnection,
  TokenEndpointDown,
} from '../../functions/core/errors.ts';
import type { Answer } from '../../functions/core/jobs/observation.ts';
import { HOUR } from '../../functions/core/time.ts';
import type { FuzzSize } from './fuzz-api.ts';
import { withUpstream } from './stubbed-fetch.ts';
import type { Tally } from './tally.ts';
import { API_URL, anyAct, ECHOED, type UpstreamAct } from './upstream-answers.ts';

const NOW = Date.UTC(2026, 1, 1);
const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const TOKEN = 'secret-token';
const NEVER = new AbortController().signal;

const OPTIONS = { apiUrl: API_URL, now: () => NOW };
const status = createStatusEndpoint(OPTIONS);
const logs = createLogsEndpoint(OPTIONS);
const grant = createTokenGrant({ tokenUrl: 'https://ims.bentley.com/connect/token' });

/** What the token endpoint made of it. */
type SeenOfToken =
  | { readonly kind: 'Token'; readonly lifetime: number }
  | { readonly kind: 'CredentialsRefused' | 'TokenEndpointDown'; readonly reason: string };

/** What an endpoint made of what upstream did. */
type Seen = Answer | LogsAnswer | SeenOfToken | { readonly kind: 'Dropped' };

/** How each endpoint is asked. */
const ASK = { status: askStatus, logs: askLogs, token: askToken };

/**
 * Lets upstream do whatever may be to requests for a status, for logs and for a token, and counts
 * what the three endpoints make of it.
 *
 * @throws when one of them throws, or sees what cannot be: with the shortest such act, and the seed
 */
export async function fuzzUpstream(size: FuzzSize, tally: Tally): Promise<void> {
  const endpoints = fc.constantFrom('status', 'logs', 'token');
  const property = fc.asyncProperty(endpoints, anyAct, async (endpoint, act) => {
    const seen = await withUpstream<Seen>(act, ASK[endpoint]);
    const wrong = faultOf(seen, act);
    if (wrong) throw new Error(`${wrong}: ${JSON.stringify(seen)}`);
    tally.count(endpoint, nameOf(seen));
  });
  await fc.assert(property, { numRuns: size.runs, seed: size.seed });
}

async function askStatus(): Promise<Seen> {
  try {
    return await status.ask({ jobId: JOB_ID }, TOKEN, NEVER);
  } catch (error) {
    if (error instanceof DroppedConnection) return { kind: 'Dropped' };
    throw error;
  }
}

function askLogs(): Promise<Seen> {
  return logs.ask({ jobId: JOB_ID }, undefined, TOKEN, NEVER);
}

async function askToken(): Promise<Seen> {
  try {
    const credentials = { clientId: 'service', clientSecret: ECHOED, version: 'v1' };
    const { lifetime } = await grant(credentials, NEVER);
    return { kind: 'Token', lifetime };
  } catch (error) {
    if (error instanceof CredentialsRefused || error instanceof TokenEndpointDown) {
      return { kind: error.name, reason: error.message };
    }
    throw error;
  }
}

/** What cannot be about it; undefined when all is well. */
function faultOf(seen: Seen, act: UpstreamAct): string | undefined {
  if (JSON.stringify(seen).includes(TOKEN)) return 'It tells the token';
  const answered = act.kind === 'Answers' ? act.status : undefined;
  switch (seen.kind) {
    case 'Status':
      return answered === 200 && isStatus(seen) ? undefined : 'No such status';
    case 'Page':
      return answered === 200 && isPage(seen) ? undefined : 'No such page';
    case 'Pending':
      return answered === 202 ? undefined : 'Nobody says that it is pending';
    case 'Missing':
      return answered === seen.status ? undefined : 'Nobody says that it is missing';
    case 'Unauthorized':
      return answered === 401 ? undefined : 'Nobody refuses the token';
    case 'RateLimited':
      return (answered === 403 || answered === 429) &&
        seen.retryAt >= NOW &&
        seen.retryAt <= NOW + HOUR
        ? undefined
        : 'Nobody limits the rate like that';
    case 'Token':
      return answered === 200 && seen.lifetime >= 1_000 ? undefined : 'No such token';
    case 'CredentialsRefused':
    case 'TokenEndpointDown':
      if (seen.kind === 'CredentialsRefused' && answered !== 400 && answered !== 401) {
        return 'Nobody refuses the credentials';
      }
      return isLine(seen.reason) && !seen.reason.includes(ECHOED) ? undefined : 'It tells an echo';
    case 'Dropped':
      return act.kind === 'Fails' ? undefined : 'The connection was not closed';
    default:
      return isLine(seen.kind === 'Failed' ? seen.error.message : seen.reason)
        ? undefined
        : 'It is told in no clean line';
  }
}

function isStatus({ state, reason = '', logsUrl = API_URL }: Extract<Seen, { kind: 'Status' }>) {
  return (
    /^(Upstream:)?[A-Za-z][\w-]{0,63}$/.test(state) &&
    Buffer.byteLength(reason) <= 1_024 &&
    new URL(logsUrl).origin === API_URL
  );
}

function isPage({ entries, next = '' }: Extract<Seen, { kind: 'Page' }>): boolean {
  const areTexts = entries.every(({ level, category, message = '' }) =>
    [level, category, message].every((text) => typeof text === 'string'),
  );
  return areTexts && /^(\?|$)/.test(next);
}

function isLine(text: string): boolean {
  return /^[ -~]{1,250}$/.test(text);
}

function nameOf(seen: Seen): string {
  return seen.kind === 'Failed' ? seen.error.name : seen.kind;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusalOf, refusalOfType, stopServer } from '../listen.ts';
import { type Api, createApi, type RateLimit } from './api.ts';
import { CONTROL_PATH, createControl } from './control.ts';
import { createIModels, type IModels } from './imodels.ts';
import { errorBody, errorReply } from './replies.ts';
import { createRequestJournal, type RequestJournal } from './request-journal.ts';
import { createRuns, type Runs } from './runs.ts';
import type { ScenarioName } from './scenarios.ts';
import { send } from './send.ts';
import {
  createTokenEndpoint,
  createTokens,
  TOKEN_PATH,
  type TokenEndpoint,
  type Tokens,
} from './token-endpoint.ts';

type Options = {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** The clock of steps, tokens, rate limit and journal, ms since the epoch. @default Date.now */
  readonly now?: () => number;
  /** @default 'simulator-client' */
  readonly clientId?: string;
  /** @default 'simulator-secret' */
  readonly clientSecret?: string;
  /** A token that is good from the start and never expires. @default none */
  readonly accessToken?: string;
  /** How long issued tokens are good for. @default 3600 */
  readonly tokenLifetimeSeconds?: number;
  /** What a run does that was never added. @default - it is not found */
  readonly unknownRuns?: ScenarioName;
};

/** A running iTwin simulator: runs and iModels as several APIs tell them, and the token endpoint. */
export type ItwinSimulator = {
  /** Scheme, host and port, such as `http://127.0.0.1:4010`: what stands for the API's host. */
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** The client secret as it was at the start. */
  readonly clientSecret: string;
  /** Adds a run, or replaces the one of the same job id; returns its job id, a UUID in lower case. */
  readonly addRun: Runs['add'];
  /** Lets a run answer this from now on, whatever its script said. Adds it if need be. */
  readonly setRun: Runs['set'];
  /** Adds an iModel, or replaces the one of the same id; returns its id, in lower case. */
  readonly addIModel: IModels['add'];
  /** Lets the lists of an iModel's runs follow these steps; none bring normal answers back. */
  readonly setList: IModels['setList'];
  /** Answers every request but for tokens so; undefined brings normal answers back. */
  readonly override: Api['override'];
  /** Allows so many requests a minute, those for tokens apart; undefined lifts the limit. */
  readonly limitRate: RateLimit['set'];
  /** Answers every token request so; undefined brings normal answers back. */
  readonly overrideTokens: TokenEndpoint['override'];
  /** Ends every access token at once, the fixed one included. */
  readonly revokeTokens: Tokens['revokeAll'];
  /** Knows the client by this secret only from now on; issued tokens stay good. */
  readonly rotateSecret: TokenEndpoint['rotateSecret'];
  /** What reached the simulated endpoints: the last 10,000 requests. */
  readonly requests: Pick<RequestJournal, 'list' | 'clear'>;
  /** Stops at once: requests under way, hanging ones included, lose their connection. */
  readonly close: () => Promise<void>;
};

/**
 * Starts a simulator.
 *
 * @throws the error of `listen`, such as `EADDRINUSE`, when it cannot have the port
 */
export async function startItwinSimulator(options: Options = {}): Promise<ItwinSimulator> {
  const { port = 0, host = '127.0.0.1', now = Date.now, accessToken } = options;
  const { clientId = 'simulator-client', clientSecret = 'simulator-secret' } = options;

  const server = createServer().listen(port, host);
  await once(server, 'listening');
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  const runs = createRuns(now, options.unknownRuns);
  const rateLimit = createRateLimit(now);
  const requests = createRequestJournal(now);
  const tokens = createTokens(now, options.tokenLifetimeSeconds ?? 3600, accessToken);
  const tokenEndpoint = createTokenEndpoint(tokens, { id: clientId, secret: clientSecret }, now);
  const iModels = createIModels(now, runs);
  const api = createApi({ origin: url, runs, iModels, tokens, rateLimit, requests, now });
  const control = createControl({ origin: url, runs, iModels, api, tokenEndpoint });

  serve(server, async (request, response) => {
    const asked = new URL(url + request.url);
    if (asked.pathname === TOKEN_PATH) {
      requests.record(request, 'token');
      await tokenEndpoint.handle(request, response);
    } else if (asked.pathname.startsWith(CONTROL_PATH)) {
      await control.handle(request, response, asked);
    } else if (!api.handle(request, response, asked)) {
      send(response, errorReply({ status: 404, form: 'gateway' }, { now }));
    }
  });

  return {
    url,
    tokenUrl: url + TOKEN_PATH,
    clientId,
    clientSecret,
    addRun: runs.add,
    setRun: runs.set,
    addIModel: iModels.add,
    setList: iModels.setList,
    override: api.override,
    limitRate: rateLimit.set,
    overrideTokens: tokenEndpoint.override,
    revokeTokens: tokens.revokeAll,
    rotateSecret: tokenEndpoint.rotateSecret,
    requests,
    close: () => stopServer(server),
  };
}

function serve(
  server: Server,
  route: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): void {
  server.on('request', (request, response) => {
    const refused = refusalOf(request) ?? refusalOfType(request);
    if (refused) {
      send(response, errorBody(refused.status, 'Refused', refused.message));
      return;
    }
    route(request, response).catch((error: unknown) =>
      send(response, errorBody(500, 'SimulatorError', String(error))),
    );
  });
}

const MINUTE_MS = 60_000;

/** A rate limit by the clock `now` (ms since the epoch), lifted until it is set. */
function createRateLimit(now: () => number): RateLimit {
  let limit = Number.POSITIVE_INFINITY;
  let startedAt = Number.NEGATIVE_INFINITY;
  let spent = 0;
  return {
    set: (requestsPerMinute = Number.POSITIVE_INFINITY) => {
      limit = requestsPerMinute;
      startedAt = Number.NEGATIVE_INFINITY;
    },
    spend: () => {
      if (now() - startedAt >= MINUTE_MS) {
        startedAt = now();
        spent = 0;
      }
      spent += 1;
      return spent > limit ? Math.ceil((startedAt + MINUTE_MS - now()) / 1000) : undefined;
    },
  };
}

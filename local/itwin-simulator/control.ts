import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Api } from './api.ts';
import { type IModels, iModelSchema } from './imodels.ts';
import { statusPath } from './kinds.ts';
import { listStepSchema } from './pages.ts';
import { errorBody, json, type Reply } from './replies.ts';
import { type NewRun, type Runs, scenarioRunSchema, scriptedRunSchema } from './runs.ts';
import { SCENARIO_NAMES } from './scenarios.ts';
import { answerSchema, tokenAnswerSchema } from './script.ts';
import { send } from './send.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** Where the simulator is controlled over HTTP; every control route begins so. */
export const CONTROL_PATH = '/simulator';

const EXAMPLE_IMODEL_ID = '5e19bee0-8aea-4355-a5c7-f6cb28f5a1c7';

type Route = (body: unknown) => Reply;

type Usage = { readonly to: string; readonly request: string; readonly body?: unknown };

/** What is controlled. */
type Parts = {
  /** Where the simulator answers: scheme, host and port. */
  readonly origin: string;
  readonly runs: Runs;
  readonly iModels: IModels;
  readonly api: Api;
  readonly tokenEndpoint: TokenEndpoint;
};

const listScriptSchema = z.strictObject({ iModelId: z.guid(), steps: z.array(listStepSchema) });

/** Handles the control routes: they add runs and iModels and set the overrides, and need no token. */
type Control = {
  readonly handle: (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;
};

/** The control routes of a simulator. */
export function createControl(parts: Parts): Control {
  const { origin, runs, iModels, api, tokenEndpoint } = parts;
  const override = (): Reply => json(200, { override: api.overridden() ?? null });
  const tokens = (): Reply => json(200, { tokens: tokenEndpoint.overridden() ?? null });
  const routes: Readonly<Record<string, Route>> = {
    [`GET ${CONTROL_PATH}`]: () => overview(parts),
    [`POST ${CONTROL_PATH}/runs`]: (body) => {
      const run = parseRun(body);
      const jobId = runs.add(run);
      const [kind = 'reporting-extraction'] = run.kinds ?? [];
      return json(201, { jobId }, { location: `${origin}${statusPath(kind, { ...run, jobId })}` });
    },
    [`POST ${CONTROL_PATH}/imodels`]: (body) => {
      const iModelId = iModels.add(iModelSchema.parse(body));
      return json(201, { iModelId }, { location: `${origin}/imodels/${iModelId}` });
    },
    [`PUT ${CONTROL_PATH}/lists`]: (body) => {
      const { iModelId, steps } = listScriptSchema.parse(body);
      iModels.setList(iModelId, steps);
      return json(200, { iModelId, steps });
    },
    [`PUT ${CONTROL_PATH}/override`]: (body) => {
      api.override(answerSchema.parse(body));
      return override();
    },
    [`DELETE ${CONTROL_PATH}/override`]: () => {
      api.override(undefined);
      return override();
    },
    [`PUT ${CONTROL_PATH}/tokens`]: (body) => {
      tokenEndpoint.override(tokenAnswerSchema.parse(body));
      return tokens();
    },
    [`DELETE ${CONTROL_PATH}/tokens`]: () => {
      tokenEndpoint.override(undefined);
      return tokens();
    },
  };
  return {
    handle: async (request, response, url) => {
      const route = routes[`${request.method} ${url.pathname}`];
      send(response, route ? answerWith(route, await text(request)) : unknownRoute(origin));
    },
  };
}

function answerWith(route: Route, body: string): Reply {
  try {
    return route(body === '' ? undefined : JSON.parse(body));
  } catch (error) {
    if (error instanceof SyntaxError) {
      return errorBody(400, 'InvalidJson', error.message);
    }
    if (error instanceof z.ZodError) {
      return errorBody(400, 'InvalidRequest', z.prettifyError(error));
    }
    throw error;
  }
}

/** Picks the schema first, so that a mistake is reported against the form that was meant. */
function parseRun(body: unknown): NewRun {
  const schema = 'scenario' in Object(body) ? scenarioRunSchema : scriptedRunSchema;
  return schema.parse(body);
}

function overview({ origin, runs, iModels, api, tokenEndpoint }: Parts): Reply {
  iModels.beginRuns();
  return legible({
    usage: usage(origin),
    scenarios: SCENARIO_NAMES,
    override: api.overridden() ?? null,
    tokens: tokenEndpoint.overridden() ?? null,
    iModels: iModels.list(),
    runs: runs.list(),
  });
}

/** For the eyes of whoever asked with curl. */
function legible(body: unknown): Reply {
  return { ...json(200, body), body: `${JSON.stringify(body, null, 2)}\n` };
}

function unknownRoute(origin: string): Reply {
  return errorBody(404, 'UnknownRoute', `GET ${origin}${CONTROL_PATH} lists the control routes.`);
}

function usage(origin: string): readonly Usage[] {
  const control = `${origin}${CONTROL_PATH}`;
  const running = { answer: { state: 'Running' }, forMs: 5000 };
  const succeeded = { answer: { state: 'Succeeded', containsIssues: true } };
  return [
    {
      to: 'add a run by scenario, here at half its duration',
      request: `POST ${control}/runs`,
      body: { scenario: 'fails', scale: 0.5 },
    },
    {
      to: 'add a run by script',
      request: `POST ${control}/runs`,
      body: { steps: [running, succeeded] },
    },
    {
      to: 'add a run that fails and whose logs cannot be read',
      request: `POST ${control}/runs`,
      body: { steps: [{ answer: { state: 'Failed', logs: { kind: 'error', status: 503 } } }] },
    },
    {
      to: 'add an iModel in which a run begins by itself in a minute',
      request: `POST ${control}/imodels`,
      body: {
        id: EXAMPLE_IMODEL_ID,
        displayName: 'Harbour',
        automaticRuns: [{ afterMs: 60_000, run: { scenario: 'fails' } }],
      },
    },
    {
      to: 'list its runs shuffled, three a page, and without an end',
      request: `PUT ${control}/lists`,
      body: {
        iModelId: EXAMPLE_IMODEL_ID,
        steps: [{ answer: { order: 7, pageSizes: [3], lastLink: 'endless' } }],
      },
    },
    {
      to: 'list them as ever again',
      request: `PUT ${control}/lists`,
      body: { iModelId: EXAMPLE_IMODEL_ID, steps: [] },
    },
    {
      to: 'answer every request with 503',
      request: `PUT ${control}/override`,
      body: { kind: 'error', status: 503 },
    },
    {
      to: 'answer as the gateway does when the call quota is used up for 12 min',
      request: `PUT ${control}/override`,
      body: { kind: 'error', status: 403, form: 'gateway', retryAfter: 720 },
    },
    { to: 'answer normally again', request: `DELETE ${control}/override` },
    {
      to: 'grant tokens after 8 s that are good for nothing',
      request: `PUT ${control}/tokens`,
      body: { kind: 'token', delayMs: 8000, put: { expires_in: 0 } },
    },
    { to: 'grant good tokens again', request: `DELETE ${control}/tokens` },
  ];
}

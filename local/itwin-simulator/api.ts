import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import {
  groupBody,
  type IModel,
  type IModels,
  iModelBody,
  MAPPINGS,
  mappingBody,
} from './imodels.ts';
import { JOB_KINDS, type JobKind, kindOf, type Named, statusPath, statusReply } from './kinds.ts';
import { isMisbehaviour, listPage, logsPage } from './pages.ts';
import { type Asked, errorBody, errorReply, json, platformHeaders, type Reply } from './replies.ts';
import type { Endpoint, RequestJournal, Subject } from './request-journal.ts';
import type { DueAnswer, Runs } from './runs.ts';
import type { Answer, Misbehaviour, StatusAnswer } from './script.ts';
import { after, misbehave, send } from './send.ts';
import type { Tokens } from './token-endpoint.ts';

/** A limit on requests per minute, counted from the first request of each minute. */
export type RateLimit = {
  /** Allows so many requests a minute from now on; undefined lifts the limit. */
  readonly set: (requestsPerMinute: number | undefined) => void;
  /** Counts a request: undefined when it is allowed, else the whole seconds to wait. */
  readonly spend: () => number | undefined;
};

type Parts = {
  /** Scheme, host and port: the beginning of every link in a body. */
  readonly origin: string;
  readonly runs: Runs;
  readonly iModels: IModels;
  readonly tokens: Tokens;
  readonly rateLimit: RateLimit;
  readonly requests: RequestJournal;
  readonly now: () => number;
};

/** What a request is answered with, at once or after a while. */
type Told = { readonly with: Reply | Misbehaviour; readonly delayMs?: number | undefined };

/** A request that upstream would understand. */
type Question = {
  readonly endpoint: Endpoint;
  readonly subject: Subject;
  /** The version of the API that answers. */
  readonly version: 1 | 2;
  readonly asked: Asked;
  readonly answer: () => Told | undefined;
  /** What is told when every run answers so. */
  readonly overridden?: (answer: StatusAnswer) => Told;
};

/** The simulated part of the platform: runs, their logs and lists, and the names of iModels. */
export type Api = {
  /** Answers a request that upstream would understand; false for any other path. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;
  /** Answers every request so, whoever asks; undefined brings normal answers back. */
  readonly override: (answer: Answer | undefined) => void;
  /** The override in force. */
  readonly overridden: () => Answer | undefined;
};

/** The API over the given runs, iModels, tokens and rate limit. */
export function createApi(parts: Parts): Api {
  let override: Answer | undefined;
  return {
    handle: (request, response, url) => {
      const question = questionIn(url, parts);
      if (question === undefined) {
        return false;
      }
      const { asked } = question;
      parts.requests.record(request, question.endpoint, question.subject);
      response.setHeaders(platformHeaders(randomUUID(), question.version));
      parts.iModels.beginRuns();
      const refused = override ? undefined : refusal(parts, request, asked);
      const told = refused
        ? { with: refused }
        : ((override && overriding(override, question)) ?? question.answer());
      deliver(response, told ?? { with: errorReply({ status: 404 }, asked) }, asked);
      return true;
    },
    override: (answer) => {
      override = answer;
    },
    overridden: () => override,
  };
}

/** A bad override concerns every request, the state of a run those about runs. */
function overriding(answer: Answer, { overridden }: Question): Told | undefined {
  return 'state' in answer ? overridden?.(answer) : { with: answer };
}

function deliver(response: ServerResponse, told: Told, asked: Asked): void {
  const reply = told.with;
  if ('kind' in reply) {
    misbehave(response, reply, asked);
  } else {
    after(response, told.delayMs, () => send(response, reply));
  }
}

function questionIn(url: URL, parts: Parts): Question | undefined {
  for (const kind of JOB_KINDS) {
    const question = aboutRun(kind, url, parts) ?? aboutList(kind, url, parts);
    if (question) return question;
  }
  return aboutName(url, parts);
}

/** What the path of any run of a kind looks like. */
const ANY: Named = {
  jobId: '(?<jobId>[^/]+)',
  connection: { id: '(?<id>[^/]+)', type: '(?<type>storage|manifest)' },
};

/** The run that a path is about, or whose logs; undefined when the API of a kind has no such path. */
function runIn(kind: JobKind, pathname: string): (Named & { isLogs: boolean }) | undefined {
  const path = new RegExp(`^${statusPath(kind, ANY)}(?<logs>/logs)?/?$`);
  const { jobId, id, type, logs } = path.exec(pathname)?.groups ?? {};
  const isLogs = logs !== undefined;
  if (jobId === undefined || (isLogs && !kindOf(kind).logs)) return undefined;
  return { jobId, isLogs, ...(id && type && { connection: { id, type } }) };
}

function aboutRun(kind: JobKind, { pathname, searchParams }: URL, parts: Parts) {
  const { codes, wrapper, logs: form } = kindOf(kind);
  const named = runIn(kind, pathname);
  if (named === undefined) return undefined;
  const { jobId, connection, isLogs } = named;
  const { runs, origin, now } = parts;
  const endpoint = isLogs ? 'logs' : 'status';
  const asked = {
    now,
    codes: { 404: codes[endpoint] ?? codes.status, 422: codes.invalid ?? '' },
    wrapper,
  };
  const tell = ({ answer, since, run: known }: DueAnswer): Told => {
    // Ids are told in the letters they were asked for in.
    const run = { ...known, jobId };
    if (!('state' in answer)) return { with: answer };
    if (endpoint === 'status') {
      return { with: statusReply(kind, run, answer, origin), delayMs: answer.delayMs };
    }
    const { logs = [] } = answer;
    if ('kind' in logs && !('logs' in logs || 'pages' in logs)) return { with: logs };
    const page = form && logsPage({ kind, form, run, answer, logs, since }, searchParams, origin);
    const delayMs = 'kind' in logs ? logs.delayMs : answer.delayMs;
    return { with: page ?? errorReply({ status: 422 }, asked), delayMs };
  };
  const answer = () => {
    const due = isLogs ? runs.due(kind, jobId) : runs.answerRequest(kind, named);
    const isHere = isDeepStrictEqual(due?.run.connection, connection);
    return due && isHere ? tell(due) : undefined;
  };
  const overridden = (answer: StatusAnswer) => {
    const run = runs.due(kind, jobId)?.run ?? { jobId, startedAt: now() };
    return tell({ answer, since: now(), run });
  };
  return { endpoint, subject: { jobId }, version: 1, asked, answer, overridden } as const;
}

function aboutList(kind: JobKind, { pathname, searchParams }: URL, parts: Parts) {
  const { list: form, codes } = kindOf(kind);
  const found = form?.path.exec(pathname);
  if (!form || !found) return undefined;
  const iModelId = found[1] ?? searchParams.get('iModelId') ?? '';
  const { runs, iModels, origin, now } = parts;
  const asked = {
    now,
    codes: { 404: 'iModelNotFound', 422: codes.invalid ?? '' },
    wrapper: 'extractions',
  };
  const answer = (): Told | undefined => {
    if (iModelId === '') return { with: errorReply({ status: 422 }, asked) };
    const answer = iModels.answerList(iModelId);
    if (isMisbehaviour(answer)) return { with: answer };
    const iModel = iModels.find(iModelId);
    const all = runs.listed(kind, iModelId);
    if (iModel === undefined && all.length === 0) return undefined;
    const page = listPage(
      { form, iModelId, answer, runs: iModel?.lacksRole ? [] : all },
      searchParams,
      origin,
    );
    return { with: page ?? errorReply({ status: 422 }, asked), delayMs: answer.delayMs };
  };
  return { endpoint: 'list', subject: { iModelId }, version: 1, asked, answer } as const;
}

function aboutName({ pathname }: URL, { iModels, origin, now }: Parts): Question | undefined {
  const [, iModelId] = /^\/imodels\/([^/]+)\/?$/.exec(pathname) ?? [];
  if (iModelId !== undefined) {
    const asked = { now, codes: { 404: 'iModelNotFound' }, wrapper: 'iModel' };
    const answer = () => named(iModels.find(iModelId), iModelBody, asked);
    return { endpoint: 'imodel', subject: { iModelId }, version: 2, asked, answer };
  }
  const path = new RegExp(`^${MAPPINGS}/([^/]+)(?:/groups/([^/]+))?/?$`);
  const [, mappingId, groupId] = path.exec(pathname) ?? [];
  if (mappingId === undefined) return undefined;
  const endpoint = groupId === undefined ? 'mapping' : 'group';
  // The pages name no code of these.
  const code = endpoint === 'group' ? 'GroupNotFound' : 'MappingNotFound';
  const bodyIn = (iModel: IModel) =>
    groupId === undefined
      ? mappingBody(iModel, mappingId, origin)
      : groupBody(iModel, mappingId, groupId, origin);
  const asked = { now, codes: { 404: code }, wrapper: endpoint };
  const answer = () => named(iModels.list().find(bodyIn), bodyIn, asked);
  return { endpoint, subject: {}, version: 1, asked, answer };
}

/** What is told of the name of an iModel, or of something in it. */
function named(
  iModel: IModel | undefined,
  bodyIn: (iModel: IModel) => object | undefined,
  asked: Asked,
): Told | undefined {
  if (iModel?.names) return { with: iModel.names };
  if (iModel?.lacksRole) return { with: errorReply({ status: 403 }, asked) };
  const body = iModel && bodyIn(iModel);
  return body && { with: json(200, body) };
}

function refusal(
  { tokens, rateLimit }: Parts,
  request: IncomingMessage,
  asked: Asked,
): Reply | undefined {
  const { authorization } = request.headers;
  if (request.method !== 'GET') {
    return errorBody(405, 'MethodNotAllowed', 'Use GET.', { allow: 'GET' });
  }
  if (authorization === undefined) {
    return errorReply({ status: 401, code: 'HeaderNotFound' }, asked);
  }
  if (!tokens.accepts(authorization)) {
    return errorReply({ status: 401 }, asked);
  }
  const retryAfter = rateLimit.spend();
  return retryAfter === undefined ? undefined : errorReply({ status: 429, retryAfter }, asked);
}

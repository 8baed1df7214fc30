import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extractionStatus, logsPage, statusPath } from './answers.ts';
import { type Asked, errorReply, platformHeaders } from './errors.ts';
import { misbehave } from './misbehave.ts';
import { after, errorBody, type Reply, send } from './replies.ts';
import type { RequestJournal } from './request-journal.ts';
import type { DueAnswer, Runs } from './runs.ts';
import type { Answer } from './script.ts';
import type { Tokens } from './token-endpoint.ts';

const MINUTE_MS = 60_000;
const PATH = new RegExp(`^${statusPath('([^/]+)')}(/logs)?/?$`);

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
  readonly tokens: Tokens;
  readonly rateLimit: RateLimit;
  readonly requests: RequestJournal;
  readonly now: () => number;
};

type Question = {
  readonly endpoint: 'status' | 'logs';
  readonly jobId: string;
  readonly query: URLSearchParams;
};

/** The simulated part of the Reporting API: a run's status and its logs. */
export type ReportingApi = {
  /** Answers a request for a run's status or logs; false for any other path. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;
  /** Answers every request so, whoever asks; undefined brings normal answers back. */
  readonly override: (answer: Answer | undefined) => void;
  /** The override in force. */
  readonly overridden: () => Answer | undefined;
};

/** The Reporting API over the given runs, tokens and rate limit. */
export function createReportingApi(parts: Parts): ReportingApi {
  let override: Answer | undefined;
  return {
    handle: (request, response, url) => {
      const question = questionIn(url);
      if (question === undefined) {
        return false;
      }
      parts.requests.record(request, question.endpoint, question.jobId);
      response.setHeaders(platformHeaders(randomUUID()));
      const asked = { endpoint: question.endpoint, now: parts.now };
      const answer = override
        ? { answer: override, since: parts.now() }
        : (refusal(parts, request, asked) ?? dueAnswer(parts.runs, question));
      if (answer === undefined) {
        send(response, errorReply({ status: 404 }, asked));
      } else if ('status' in answer) {
        send(response, answer);
      } else {
        deliver(response, answer, question, parts);
      }
      return true;
    },
    override: (answer) => {
      override = answer;
    },
    overridden: () => override,
  };
}

function questionIn({ pathname, searchParams }: URL): Question | undefined {
  const [, jobId, logs] = PATH.exec(pathname) ?? [];
  return jobId === undefined
    ? undefined
    : { endpoint: logs ? 'logs' : 'status', jobId, query: searchParams };
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

function dueAnswer(runs: Runs, { endpoint, jobId }: Question): DueAnswer | undefined {
  return endpoint === 'status' ? runs.answerRequest(jobId) : runs.due(jobId);
}

function deliver(
  response: ServerResponse,
  { answer, since }: DueAnswer,
  question: Question,
  { origin, now }: Parts,
): void {
  const { endpoint, jobId, query } = question;
  const asked = { endpoint, now };
  if (!('state' in answer)) {
    misbehave(response, answer, asked);
    return;
  }
  if (endpoint === 'status') {
    const reply = extractionStatus(answer, `${origin}${statusPath(jobId)}/logs`);
    after(response, answer.delayMs, () => send(response, reply));
    return;
  }
  const { logs = [] } = answer;
  if ('kind' in logs && !('logs' in logs || 'pages' in logs)) {
    misbehave(response, logs, asked);
    return;
  }
  const delayMs = 'kind' in logs ? logs.delayMs : answer.delayMs;
  const page = logsPage({ jobId, answer, logs, since }, query, origin);
  after(response, delayMs, () => send(response, page ?? errorReply({ status: 422 }, asked)));
}

/** A rate limit by the clock `now` (ms since the epoch), lifted until it is set. */
export function createRateLimit(now: () => number): RateLimit {
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

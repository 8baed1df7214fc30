import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  errorBody,
  errorReply,
  extractionStatus,
  extractionStatusNotFound,
  headerNotFound,
  statusPath,
  tooManyRequests,
  unauthorized,
} from './answers.ts';
import { logsPage } from './logs.ts';
import { misbehave } from './misbehave.ts';
import type { RateLimit } from './rate-limit.ts';
import { after, type Reply, send } from './reply.ts';
import type { RequestJournal } from './request-journal.ts';
import type { DueAnswer, Runs } from './runs.ts';
import type { Answer, StatusAnswer } from './script.ts';
import type { Tokens } from './tokens.ts';

const PATH = new RegExp(`^${statusPath('([^/]+)')}(/logs)?/?$`);

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
      const answer = override
        ? { answer: override, since: parts.now() }
        : (refusal(parts, request) ?? answerOfRun(parts.runs, question));
      if ('status' in answer) {
        send(response, answer);
      } else {
        deliver(response, answer, question, parts.origin);
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

function refusal({ tokens, rateLimit }: Parts, request: IncomingMessage): Reply | undefined {
  const { authorization } = request.headers;
  if (request.method !== 'GET') {
    return errorBody(405, 'MethodNotAllowed', 'Use GET.', { allow: 'GET' });
  }
  if (authorization === undefined) {
    return headerNotFound();
  }
  if (!tokens.accepts(authorization)) {
    return unauthorized();
  }
  const secondsToWait = rateLimit.spend();
  return secondsToWait === undefined ? undefined : tooManyRequests(secondsToWait);
}

function answerOfRun(runs: Runs, { endpoint, jobId }: Question): DueAnswer | Reply {
  const due = endpoint === 'status' ? runs.answerRequest(jobId) : runs.due(jobId);
  return due ?? extractionStatusNotFound();
}

function deliver(
  response: ServerResponse,
  due: DueAnswer,
  question: Question,
  origin: string,
): void {
  const { answer } = due;
  if (!('state' in answer)) {
    misbehave(response, answer);
  } else if (question.endpoint === 'logs') {
    deliverLogs(response, { answer, since: due.since }, question, origin);
  } else {
    const reply = extractionStatus(answer, `${origin}${statusPath(question.jobId)}/logs`);
    after(response, answer.delayMs, () => send(response, reply));
  }
}

function deliverLogs(
  response: ServerResponse,
  { answer, since }: { readonly answer: StatusAnswer; readonly since: number },
  { jobId, query }: Question,
  origin: string,
): void {
  const { logs = [] } = answer;
  if ('kind' in logs && !('logs' in logs)) {
    misbehave(response, logs);
    return;
  }
  const delayMs = 'kind' in logs ? logs.delayMs : answer.delayMs;
  const reply = logsPage({ jobId, answer, logs, since }, query, origin) ?? errorReply(422);
  after(response, delayMs, () => send(response, reply));
}

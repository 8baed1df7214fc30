import { DroppedConnection } from '../../../functions/core/errors.ts';
import type {
  Answer,
  CheckErrorName,
  FailedObservation,
} from '../../../functions/core/jobs/observation.ts';
import type { Api } from '../../../functions/core/kinds/kind.ts';
import {
  DEFAULT_KIND,
  type JobRef,
  type KindName,
  kindOf,
} from '../../../functions/core/kinds/kinds.ts';
import { parseStatus } from '../../../functions/core/kinds/run-body.ts';
import type { RunListAnswer, StatusEndpoint } from '../../../functions/core/ports.ts';
import { retryAfter as retryAfterOf, retryAt } from '../../../functions/core/sweeps/pause.ts';
import { SECOND } from '../../../functions/core/time.ts';
import type { Caller } from '../caller.ts';
import type { FaultKind, WindowKind } from '../faults.ts';
import type { JobPlan, Script, Sickness } from '../plan/job-plan.ts';
import type { Random } from '../random.ts';

/** Where upstream is. */
export const API = new URL('https://api.bentley.com');
/** How long (ms) the real adapters wait for an answer. */
export const ANSWER_TIME = 5 * SECOND;

/** What goes on upstream. */
export interface UpstreamConditions {
  readonly random: Random;
  /** ms since the epoch. */
  readonly now: () => number;
  strikes(fault: FaultKind, detail: string): boolean;
  isOn(window: WindowKind, api?: Api): boolean;
  isTokenValid(token: string): boolean;
  /** What it may ask for after a 429: seconds. */
  readonly retryAfter: readonly number[];
}

/** Upstream: runs with a life of their own. */
export interface Upstream {
  /** What it answers a request with at this moment; `clock` is the asking process's. */
  answer(job: JobRef, token: string, clock: () => number): Answer;
  /** Whether nobody answers at this moment. */
  isSilent(jobId: string): boolean;
}

/** Upstream with the runs of these jobs. */
export function createUpstream(jobs: readonly JobPlan[], conditions: UpstreamConditions): Upstream {
  const { random, now, strikes, isOn } = conditions;
  const scripts = new Map(jobs.map(({ jobId, script }) => [jobId, script]));

  function sicknessOf(jobId: string): Sickness | undefined {
    const sickness = scripts.get(jobId)?.sickness;
    return isSick(sickness, now()) ? sickness : undefined;
  }

  function answerOfRun({ kind = DEFAULT_KIND }: JobRef, script: Script): Answer {
    const { api } = kindOf({ kind });
    if (isOn('all runs missing', api)) return { kind: 'Missing', status: 404 };
    if (isOn('all runs forbidden', api)) return { kind: 'Missing', status: 403 };
    if (script.gone && script.gone.at <= now()) {
      return { kind: 'Missing', status: script.gone.status };
    }
    const word = wordAt(script, now());
    return word === undefined ? { kind: 'Missing', status: 404 } : answerOf(kind, word);
  }

  function oddAnswer({ jobId, kind = DEFAULT_KIND }: JobRef): Answer | undefined {
    if (strikes('upstream 202', jobId)) return { kind: 'Pending' };
    if (strikes('upstream talks nonsense', jobId)) {
      return parseStatus(kindOf({ kind }), random.pick(NONSENSE), API);
    }
    return errorAnswer(conditions, jobId);
  }

  return {
    answer(job, token, clock) {
      const { jobId } = job;
      const answer = gatewayAnswer(conditions, { about: jobId, token, now: clock() });
      if (answer) return answer;
      return (
        answerOfSick(sicknessOf(jobId), clock()) ??
        oddAnswer(job) ??
        answerOfRun(job, scripts.get(jobId) as Script)
      );
    },
    isSilent: (jobId) =>
      isOn('upstream silent') ||
      strikes('upstream hangs', jobId) ||
      sicknessOf(jobId)?.kind === 'run hanging',
  };
}

/** An answer that is neither a 200 nor a 202. */
export type ErrorAnswer = Exclude<RunListAnswer, { kind: 'Page' }>;

/** What upstream answers before it looks for what is asked; `now` is the asking process's. */
export function gatewayAnswer(
  conditions: UpstreamConditions,
  { about, token, now }: { readonly about: string; readonly token: string; readonly now: number },
): ErrorAnswer | undefined {
  const { strikes, isOn, isTokenValid } = conditions;
  if (isOn('upstream down')) return failed('ServerError', 'answered 503');
  if (isOn('upstream busy') || strikes('upstream 503 with retry-after', about)) {
    return busyUntil(retryAfterOf(retryAfter(conditions), now));
  }
  if (isOn('upstream limits requests') || strikes('upstream 429', about)) {
    return { kind: 'RateLimited', retryAt: retryAt(retryAfter(conditions), now) };
  }
  if (isOn('call quota used up') || strikes('upstream 403 for the quota', about)) {
    return limitedByQuota(conditions, now);
  }
  const isRefused = isOn('upstream refuses tokens') || !isTokenValid(token);
  return isRefused ? { kind: 'Unauthorized' } : undefined;
}

/** What goes wrong with a request now and then, whatever it is for. */
export function errorAnswer(
  { random, strikes }: UpstreamConditions,
  about: string,
): ErrorAnswer | undefined {
  if (strikes('upstream 5xx', about)) return failed('ServerError', 'answered 502');
  if (strikes('upstream redirects', about)) return failed('UnexpectedStatus', 'answered 302');
  if (strikes('upstream 404', about)) return { kind: 'Missing', status: 404 };
  if (strikes('upstream 403', about)) return { kind: 'Missing', status: 403 };
  if (strikes('upstream 401', about)) return { kind: 'Unauthorized' };
  if (strikes('upstream drops the connection', about)) {
    if (random.chance(0.5)) throw new DroppedConnection('The connection was closed.');
    return failed('ConnectionFailed', 'refused the connection');
  }
  return undefined;
}

/** Whether a run is sick at a time (ms since the epoch). */
export function isSick(sickness: Sickness | undefined, time: number): boolean {
  return sickness !== undefined && sickness.from <= time && time < sickness.until;
}

function answerOfSick(sickness: Sickness | undefined, now: number): Answer | undefined {
  const until = retryAfterOf(String(sickness?.retryAfter), now) ?? now;
  switch (sickness?.kind) {
    case 'run limited':
      return { kind: 'RateLimited', retryAt: until };
    case 'run over quota':
      return { kind: 'RateLimited', retryAt: until, cause: 'QuotaUsedUp' };
    case 'run 5xx':
      return failed('ServerError', 'answered 500');
    case 'run busy':
      return busyUntil(until);
    case 'run 401':
      return { kind: 'Unauthorized' };
    case 'run 202':
      return { kind: 'Pending' };
    default:
      return undefined;
  }
}

function busyUntil(retryAt: number | undefined): FailedObservation {
  return { ...failed('ServerError', 'answered 503'), ...(retryAt !== undefined && { retryAt }) };
}

/** The word that upstream has for a run at a time; undefined while there is no such run. */
export function wordAt({ states, end }: Script, time: number): string | undefined {
  if (end && end.at <= time) return end.word;
  return states.findLast(({ at }) => at <= time)?.word;
}

const answers = new Map<string, Answer>();

/** What becomes of the same body is the same each time. */
function answerOf(kind: KindName, word: string): Answer {
  const key = `${kind} ${word}`;
  const answer = answers.get(key) ?? parseStatus(kindOf({ kind }), bodyOf(word, kind), API);
  answers.set(key, answer);
  return answer;
}

/** What is in the body of a status whose run is in a state, or over, by the kind's own word for it. */
const RUNS: Readonly<Record<KindName, (state: string, isOver: boolean) => object>> = {
  'reporting-extraction': (state) => ({ state, reason: `It is ${state}.`, containsIssues: false }),
  'grouping-and-mapping-extraction': (state) => ({ state }),
  'synchronization-run': (state, isOver) =>
    isOver ? { state: 'Completed', result: state } : { state, result: 'Undetermined' },
  'carbon-ec3': (state) => ({ status: state, message: null }),
  'carbon-one-click-lca': (state) => ({ status: state, fileToken: 'secret', message: '' }),
};

/** The body that upstream answers with while a run is in a state. */
export function bodyOf(state: string, kind: KindName = DEFAULT_KIND): string {
  const { wrapper, states } = kindOf({ kind });
  const [end] = Object.entries(states.ends).find(([, means]) => means === state) ?? [];
  return JSON.stringify({ [wrapper]: RUNS[kind](end ?? state, end !== undefined) });
}

/** Bodies of a 200 that are not what is documented. */
export const NONSENSE = [
  '',
  'null',
  '<html>',
  '{"status":{}}',
  '{"status":{"state":"Ended!"}}',
  '{"status":{"state":7}}',
];

/** A quota that is used up: without a time it would be a 403 like any other. */
export function limitedByQuota({ random, retryAfter }: UpstreamConditions, now: number) {
  const until = retryAt(String(random.pick(retryAfter)), now);
  return { kind: 'RateLimited', retryAt: until, cause: 'QuotaUsedUp' } as const;
}

/** What the header of a 429 says; null when there is none. */
export function retryAfter({ random, now, retryAfter }: UpstreamConditions): string | null {
  const seconds = random.pick(retryAfter);
  const date = new Date(now() + seconds * SECOND).toUTCString();
  return random.pick([String(seconds), String(seconds), date, null, 'soon']);
}

/** A check that gave no usable answer. */
export function failed(name: CheckErrorName, what: string): FailedObservation {
  return { kind: 'Failed', error: { name, message: `Upstream ${what}.` } };
}

/** The status endpoint as one invocation reaches it. */
export function statusEndpointOf(
  upstream: Upstream,
  {
    call,
    clock,
    onAsked,
    onAnswered,
  }: {
    readonly call: Caller;
    readonly clock: () => number;
    readonly onAsked: (jobId: string) => void;
    readonly onAnswered: (jobId: string, api: Api, answer: Answer | undefined) => void;
  },
): StatusEndpoint {
  return {
    async ask(job, token, signal) {
      const { jobId } = job;
      if (!signal.aborted) onAsked(jobId);
      const isSilent = upstream.isSilent(jobId);
      let answer: Answer | undefined;
      try {
        answer = await call<Answer>({
          what: `ask about ${jobId}`,
          to: 'upstream',
          signal,
          effect: () =>
            isSilent ? failed('Timeout', 'gave no answer') : upstream.answer(job, token, clock),
          ...(isSilent && { takes: ANSWER_TIME }),
        });
        return answer;
      } finally {
        onAnswered(jobId, kindOf(job).api, answer);
      }
    },
  };
}

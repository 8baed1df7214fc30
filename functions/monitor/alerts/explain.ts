import pLimit from 'p-limit';
import { type Explanation, lacksLogs } from '../../core/alerts/alert.ts';
import {
  addEntries,
  callsForLogs,
  digestOf,
  issuesIn,
  type LogsPage,
  type Named,
  type NameTold,
  NO_ENTRIES,
  namedIn,
  type Refusal,
  type RunLogs,
  withNames,
} from '../../core/alerts/log-digest.ts';
import { isTokenFault } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import { CAUSES } from '../../core/sweeps/causes.ts';
import { SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * Finds out what explains an alert, as far as that can be done now: what the logs say, read once, and
 * what the iModel, mappings and groups are called. Never throws.
 */
export type Explain = (job: Job) => Promise<Explanation>;

/** The most pages that are read of the logs of one run. */
const PAGES = 3;
/** The most names that are asked for to explain one alert. */
const NAMES = 5;
/** The most time (ms) to explain one alert, waiting for a turn and for a token included. */
const TIME_PER_RUN = 5 * SECOND;
/** The most time (ms) for the logs of all runs of a sweep, added up: slow ones must not hold up all the rest. */
const TIME_PER_SWEEP = 20 * SECOND;
/** The same for names: of one alert, and of all. */
const NAMES_TIME = 2 * SECOND;
const NAMES_TIME_PER_SWEEP = 10 * SECOND;
/** How many runs are read at a time: each may hold a whole page in memory. */
const CONCURRENCY = 8;

/** Explains the alerts of one sweep. */
export function createExplain(context: SweepContext, upstream: Upstream): Explain {
  const { time } = context;
  const ask = createRequests(upstream);
  const readLogs = createLogReader(context, upstream, ask);
  const namesOf = createNames(context, ask);
  const inTurn = pLimit(CONCURRENCY);
  let timeLeft = TIME_PER_SWEEP;

  return async (job) => {
    if (!lacksLogs(job) && !lacksName(job)) return {};
    const limit = AbortSignal.any([context.signal, time.timeout(TIME_PER_RUN)]);
    return inTurn(async () => {
      const startedAt = time.now();
      const logs = lacksLogs(job) ? await readLogs(job, limit, timeLeft > 0) : job.logs;
      timeLeft -= time.now() - startedAt;
      const names = await namesOf(namedBy(job, logs), limit);
      const iModelName = names.get(job.iModelId ?? '');
      return {
        ...(logs && { logs: withNames(logs, names) }),
        ...(iModelName !== undefined && { iModelName }),
      };
    });
  };
}

function lacksName({ iModelId, iModelName, isTest = false }: Job): boolean {
  return iModelId !== undefined && iModelName === undefined && !isTest;
}

/** What an alert speaks of by an id: the iModel first, then what is in the messages that are shown. */
function namedBy(job: Job, logs: RunLogs | undefined): readonly Named[] {
  const iModel = lacksName(job) ? [{ kind: 'iModel', id: job.iModelId ?? '' } as const] : [];
  const isShown = logs && (callsForLogs(job) || issuesIn(logs) !== false);
  return [...iModel, ...(isShown ? namedIn(logs) : [])].slice(0, NAMES);
}

/** Asks once; see `createRequests`. */
type AskOnce = <T extends LogsPage | NameTold>(
  send: (accessToken: string, signal: AbortSignal) => Promise<T | Refusal>,
  signal: AbortSignal,
) => Promise<T>;

/** Reads the logs of one run. */
function createLogReader(context: SweepContext, upstream: Upstream, ask: AskOnce) {
  const { runLogs, report, log } = context;

  async function read(job: Job, limit: AbortSignal, hasTime: boolean): Promise<RunLogs> {
    let summary = NO_ENTRIES;
    let next: string | undefined;
    // Those of a success have to say no more than whether there are issues.
    const most = callsForLogs(job) ? PAGES : 1;
    try {
      if (!hasTime) throw new NoAnswer(WHY_BLOCKED.TimeUp);
      for (let pages = 0; pages < most; pages += 1) {
        const from = next;
        const page = await ask((token, signal) => runLogs.ask(job, from, token, signal), limit);
        summary = addEntries(summary, page.entries);
        next = page.next;
        if (next === undefined) return digestOf(summary, page.hasMore);
      }
      return digestOf(summary, true);
    } catch (error) {
      const reason = await whyBrokenOff(context, upstream, { jobId: job.jobId, error, limit });
      return summary === NO_ENTRIES ? { kind: 'Unread', reason } : digestOf(summary, true);
    }
  }

  return async (job: Job, limit: AbortSignal, hasTime: boolean): Promise<RunLogs> => {
    const logs = await read(job, limit, hasTime);
    if (logs.kind === 'Unread') {
      report.logsUnread += 1;
      log.warn('The logs of a run could not be read', { jobId: job.jobId, reason: logs.reason });
    }
    return logs;
  };
}

/** A reading that came to no good end. */
interface BrokenOff {
  readonly jobId: string;
  readonly error: unknown;
  readonly limit: AbortSignal;
}

/** The reason, in words for the mail. What says more than that goes into the log. */
async function whyBrokenOff(
  { report, log }: SweepContext,
  { breaker }: Upstream,
  { jobId, error, limit }: BrokenOff,
): Promise<string> {
  if (error instanceof NoAnswer) return error.message;
  if (isTokenFault(error)) {
    await breaker.noToken(error);
    return 'There is no access token to ask with.';
  }
  if (limit.aborted) return `Reading them took longer than ${TIME_PER_RUN / SECOND} s.`;
  report.errors += 1;
  log.error('Reading the logs of a run failed', { jobId, error });
  return 'Reading them failed; the log of the monitor says why.';
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Asks for names, each once a sweep. Without one an alert goes out all the same. */
function createNames({ names, log, time }: SweepContext, ask: AskOnce) {
  const asked = new Map<string, Promise<string | undefined>>();
  let timeLeft = NAMES_TIME_PER_SWEEP;

  async function lookUp(named: Named, limit: AbortSignal): Promise<string | undefined> {
    try {
      const { name } = await ask((token, signal) => names.ask(named, token, signal), limit);
      return name;
    } catch (error) {
      log.info('A name could not be looked up', { ...named, error });
      return undefined;
    }
  }

  return async (
    wanted: readonly Named[],
    limit: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> => {
    if (wanted.length === 0 || timeLeft <= 0) return NO_NAMES;
    const startedAt = time.now();
    const shorter = AbortSignal.any([limit, time.timeout(NAMES_TIME)]);
    const found = wanted.map(async (named) => {
      const lookedUp = asked.get(named.id) ?? lookUp(named, shorter);
      asked.set(named.id, lookedUp);
      return [named.id, await lookedUp] as const;
    });
    const told = await Promise.all(found);
    timeLeft -= time.now() - startedAt;
    return new Map(told.flatMap(([id, name]) => (name ? [[id, name]] : [])));
  };
}

/** There is no answer to be had; the message says why, for people. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const WHY_BLOCKED: Readonly<Record<NonNullable<Upstream['blocked']>, string>> = {
  Paused: 'Requests to the iTwin Platform are paused.',
  BudgetSpent: 'The budget of requests is spent.',
  TimeUp: 'The sweep had no time left to read them.',
};

/**
 * The requests that explain the alerts of one sweep. They leave half of the budget alone: what finds
 * out that a run has ended at all are checks. Each throws NoAnswer, the reason of its signal, and as
 * `AccessTokens` does.
 */
function createRequests(upstream: Upstream): AskOnce {
  let left = Math.ceil(upstream.left / 2);

  function assertOpen(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (upstream.blocked) throw new NoAnswer(WHY_BLOCKED[upstream.blocked]);
    if (left < 1) throw new NoAnswer(WHY_BLOCKED.BudgetSpent);
  }

  return async (send, signal) => {
    assertOpen(signal);
    const token = await upstream.token(signal);
    // While it came, requests may have been paused.
    assertOpen(signal);
    upstream.take();
    left -= 1;
    upstream.sends();
    const answer = await send(token, signal);
    if (answer.kind === 'Unreadable') throw new NoAnswer(answer.reason);
    if (answer.kind !== 'RateLimited') return answer;
    await upstream.breaker.rateLimited(answer.retryAt, answer.cause);
    throw new NoAnswer(CAUSES[answer.cause ?? 'RateLimited'].meaning);
  };
}

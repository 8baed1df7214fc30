import { KIND_OF_SOURCE } from '../../../functions/core/imodels/found-runs.ts';
import type { IModel, ListSource } from '../../../functions/core/imodels/imodel.ts';
import { kindOf } from '../../../functions/core/kinds/kinds.ts';
import { parseRuns, runsUrl } from '../../../functions/core/kinds/run-list.ts';
import type { RunListAnswer, RunLists } from '../../../functions/core/ports.ts';
import { retryAt } from '../../../functions/core/sweeps/pause.ts';
import { isoTime, MINUTE } from '../../../functions/core/time.ts';
import type { Caller } from '../caller.ts';
import type { IModelPlan } from '../plan/imodels.ts';
import type { JobPlan } from '../plan/job-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { createRandom, type Random } from '../random.ts';
import {
  ANSWER_TIME,
  API,
  errorAnswer,
  failed,
  gatewayAnswer,
  retryAfter,
  type UpstreamConditions,
  wordAt,
} from './upstream.ts';

type Asked = Pick<IModel, 'iModelId' | 'source'>;

/** Upstream's lists of the runs of iModels. */
export interface Lists {
  /** What it answers a request for a page with at this moment; `clock` is the asking process's. */
  answer(asked: Asked, next: string | undefined, token: string, clock: () => number): RunListAnswer;
  /** Whether nobody answers at this moment. */
  isSilent(iModelId: string): boolean;
}

/** For how long (ms) a link to the next page is good. */
const LINK_LIFE = 5 * MINUTE;

/** Where a page begins, and in which order the runs are that it is of. */
interface Place {
  readonly offset: number;
  readonly shuffle: number;
  /** When the link was given out (ms since the epoch). */
  readonly at: number;
}

/** A run as one page shows it. */
interface Shown {
  readonly run: JobPlan;
  readonly word: string;
}

/** Upstream's lists, before which stands the same gateway as before everything else of it. */
export function createLists(
  { jobs, iModels }: Pick<Plan, 'jobs' | 'iModels'>,
  conditions: UpstreamConditions,
): Lists {
  const { random, now, strikes, isOn } = conditions;
  const plans = new Map(iModels.map((iModel) => [iModel.iModelId, iModel]));
  const listed = [...jobs, ...iModels.flatMap(({ history }) => history)];
  const runs = Map.groupBy(listed, (run) => run.listed?.iModelId);

  /** What stands against any page. */
  function refusal({ iModelId, source }: Asked, now: number): RunListAnswer | undefined {
    if (isOn('lists limited')) {
      return { kind: 'RateLimited', retryAt: retryAt(retryAfter(conditions), now) };
    }
    const { api } = kindOf({ kind: KIND_OF_SOURCE[source] });
    if (isOn('lists down')) return failed('ServerError', 'answered 500');
    if (isOn('lists missing') || isOn('all runs missing', api)) return MISSING;
    if (isOn('lists forbidden') || isOn('all runs forbidden', api)) return FORBIDDEN;
    if (strikes('upstream talks nonsense', iModelId)) return NO_LIST;
    return errorAnswer(conditions, iModelId);
  }

  function pageOf(asked: Asked, next: string | undefined): RunListAnswer {
    const plan = plans.get(asked.iModelId) as IModelPlan;
    const place = next === undefined ? undefined : placeOf(next);
    const isStale = place && now() - place.at > LINK_LIFE;
    if (isStale || (place && strikes('list goes on nowhere', asked.iModelId))) return NO_PAGE;
    const isEmpty = isOn('lists empty') || strikes('list empty', asked.iModelId);
    const shown =
      isEmpty && !place ? [] : shownBy(plan, runs.get(asked.iModelId) ?? [], conditions);
    return answerOf(asked, plan, shown, place);
  }

  function answerOf(
    asked: Asked,
    { pageSize, order, iModelId }: IModelPlan,
    shown: readonly Shown[],
    place: Place | undefined,
  ): RunListAnswer {
    const isShuffled = !place && strikes('list shuffled', iModelId);
    const shuffle = place?.shuffle ?? (isShuffled ? random.integer(1, 2 ** 30) : 0);
    const sorted = inOrder(shown, shuffle === 0 ? order : createRandom(shuffle));
    const offset = place?.offset ?? 0;
    const isCut = strikes('list cut short', iModelId);
    const end = offset + (isCut ? random.integer(0, pageSize) : pageSize);
    const page = sorted.slice(offset, end);
    const [first] = page;
    const isRepeated = first !== undefined && strikes('list repeats a run', iModelId);
    const twice = isRepeated ? [{ ...first, word: 'Queued' }] : [];
    const entries = random.chance(0.5) ? [...page, ...twice] : [...twice, ...page];
    const hasMore = end < sorted.length;
    return parsed(asked, entries, hasMore ? { offset: end, shuffle, at: now() } : undefined);
  }

  return {
    answer(asked, next, token, clock) {
      const request = { about: asked.iModelId, token, now: clock() };
      return gatewayAnswer(conditions, request) ?? refusal(asked, clock()) ?? pageOf(asked, next);
    },
    isSilent: (iModelId) => isOn('upstream silent') || strikes('upstream hangs', iModelId),
  };
}

const MISSING = { kind: 'Missing', status: 404 } as const;
const FORBIDDEN = { kind: 'Missing', status: 403 } as const;
const NO_LIST = failed('UnexpectedResponse', 'answered no list of runs');
const NO_PAGE = failed('UnexpectedStatus', 'answered 422');

/** Whether the lists of an iModel show a run at a time (ms since the epoch). */
export function isListed({ listed, script }: JobPlan, { lag }: IModelPlan, time: number): boolean {
  const at = time - lag;
  const isThere = script.gone === undefined || at < script.gone.at;
  return listed !== undefined && isThere && listed.from <= at && at < listed.until;
}

/** The runs that a list shows now. */
function shownBy(
  plan: IModelPlan,
  runs: readonly JobPlan[],
  { random, now, strikes }: UpstreamConditions,
): Shown[] {
  const isOld = strikes('list shows older states', plan.iModelId);
  return runs.flatMap((run) => {
    if (!isListed(run, plan, now())) return [];
    const at = now() - plan.lag;
    const older = isOld ? wordAt(run.script, at - random.integer(0, 10) * MINUTE) : undefined;
    const word = older ?? wordAt(run.script, at);
    return word === undefined ? [] : { run, word };
  });
}

function inOrder(shown: readonly Shown[], order: IModelPlan['order'] | Random): Shown[] {
  if (typeof order !== 'string') return byKey(shown, () => order.next());
  switch (order) {
    case 'newest first':
      return byKey(shown, ({ run }) => -(run.listed?.startedAt ?? 0));
    case 'oldest first':
      return byKey(shown, ({ run }) => run.listed?.startedAt ?? 0);
    case 'none':
      return byKey(shown, ({ run }) => Number.parseInt(run.jobId.slice(0, 8), 16));
  }
}

function byKey(shown: readonly Shown[], keyOf: (one: Shown) => number): Shown[] {
  return shown
    .map((one) => ({ one, key: keyOf(one) }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

/** The answer as the adapter reads it. */
function parsed(asked: Asked, entries: readonly Shown[], next: Place | undefined): RunListAnswer {
  const { source, iModelId } = asked;
  const url = runsUrl(source, API, iModelId);
  const page = parseRuns(source, pageBody(source, entries, next && linkTo(url, next)), url);
  return page ? { kind: 'Page', ...page } : NO_LIST;
}

/** The document that upstream answers with. */
export function pageBody(
  source: ListSource,
  entries: readonly Shown[],
  next: string | undefined,
): string {
  const extractions = entries.map(({ run: { jobId, listed }, word }) => ({
    ...(source === 'reporting' ? { jobId } : { id: jobId, state: word }),
    startedOn: listed?.isUndated ? null : isoTime(listed?.startedAt ?? 0),
  }));
  return JSON.stringify({
    extractions,
    _links: next === undefined ? {} : { next: { href: next } },
  });
}

function linkTo({ origin, pathname }: URL, { offset, shuffle, at }: Place): string {
  return `${origin}${pathname}/?$continuationToken=${offset}.${shuffle}.${at}`;
}

function placeOf(next: string): Place {
  const [offset = 0, shuffle = 0, at = 0] = (next.split('=')[1] ?? '').split('.').map(Number);
  return { offset, shuffle, at };
}

/** The lists as one invocation reaches them. */
export function runListsOf(
  lists: Lists,
  {
    call,
    clock,
    onAsked,
    onAnswered,
  }: {
    readonly call: Caller;
    readonly clock: () => number;
    readonly onAsked: (iModelId: string) => void;
    readonly onAnswered: (asked: ListQuestion, answer: RunListAnswer | undefined) => void;
  },
): RunLists {
  return {
    async ask({ iModelId, source }, next, token, signal) {
      if (!signal.aborted) onAsked(iModelId);
      const isSilent = lists.isSilent(iModelId);
      let answer: RunListAnswer | undefined;
      try {
        answer = await call<RunListAnswer>({
          what: `list the runs of ${iModelId}`,
          to: 'upstream',
          signal,
          effect: () =>
            isSilent
              ? failed('Timeout', 'gave no answer')
              : lists.answer({ iModelId, source }, next, token, clock),
          ...(isSilent && { takes: ANSWER_TIME }),
        });
        return answer;
      } finally {
        onAnswered({ iModelId, source, ...(next !== undefined && { next }) }, answer);
      }
    },
  };
}

/** Which page of which list. */
export interface ListQuestion extends Asked {
  /** Absent: the first. */
  readonly next?: string;
}

import { isAdoptable, KIND_OF_SOURCE } from '../../../functions/core/imodels/found-runs.ts';
import type { Job } from '../../../functions/core/jobs/job.ts';
import type { Answer } from '../../../functions/core/jobs/observation.ts';
import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Api } from '../../../functions/core/kinds/kind.ts';
import { DEFAULT_KIND, kindOf } from '../../../functions/core/kinds/kinds.ts';
import type { Invocation } from '../invocation.ts';
import type { ByKind, HappeningOf, WorldView } from './invariant.ts';

/** What a sweep got to know of a job. */
export interface Check {
  readonly by: Invocation;
  readonly jobId: string;
  /** Undefined when a request for it ended in an error. */
  readonly answer: Answer | undefined;
  /** Whether a list said so, not an answer about this job alone. */
  readonly isListed: boolean;
}

/** Calls for each check of a job: that by its id, and that by a list of its iModel. */
export function onCheck(
  world: WorldView,
  see: (check: Check) => void,
): Required<Pick<ByKind<void>, 'Answered' | 'ListAnswered'>> {
  return {
    Answered: ({ by, jobId, answer }) => see({ by, jobId, answer, isListed: false }),
    ListAnswered(answered) {
      for (const [jobId, answer] of wordsOn(world, answered)) {
        see({ by: answered.by, jobId, answer, isListed: true });
      }
    },
  };
}

/** What a page says of jobs: of those that belong, or then do, to its iModel and the API that it is of. */
function wordsOn(
  world: WorldView,
  { asked, answer }: HappeningOf<'ListAnswered'>,
): [jobId: string, answer: Answer][] {
  if (answer?.kind !== 'Page') return [];
  return answer.runs.flatMap(({ jobId, status }): [string, Answer][] => {
    const job = world.job(jobId);
    if (!job || !status) return [];
    const { iModelId, kind = DEFAULT_KIND } = job;
    const isOurs = iModelId === asked.iModelId && kind === KIND_OF_SOURCE[asked.source];
    return isOurs || isAdoptable(job, asked) ? [[jobId, status]] : [];
  });
}

/** What each sweep was told last about each job. */
export interface LastAnswers {
  readonly note: ReturnType<typeof onCheck> & Required<Pick<ByKind<void>, 'JobWritten'>>;
  /** Undefined when it never asked, or its request ended in an error. */
  of(by: Invocation, jobId: string): Answer | undefined;
  /** By its id, and by its list. */
  ofEither(by: Invocation, jobId: string): readonly (Answer | undefined)[];
}

/** No answers yet. */
export function createLastAnswers(world: WorldView): LastAnswers {
  const byId = createWords();
  const byList = createWords();

  return {
    note: {
      ...onCheck(world, ({ by, jobId, answer, isListed }) => {
        const last = byList.of(by).get(jobId);
        // Of a run that a list shows twice, the end counts.
        const isOver = last?.kind === 'Status' && isTerminal(last.state);
        if (!isListed) byId.of(by).set(jobId, answer);
        else if (!isOver) byList.of(by).set(jobId, answer);
      }),
      JobWritten({ by, before, after }) {
        // Once its iModel is known, it is checked anew with its list.
        const isAdopted = before !== undefined && before.iModelId !== after.iModelId;
        if (isAdopted && byList.of(by).has(after.jobId)) byId.of(by).delete(after.jobId);
      },
    },
    // Whoever was asked by id has no need of a list.
    of: (by, jobId) => (byId.of(by).has(jobId) ? byId : byList).of(by).get(jobId),
    // One that its iModel has just adopted shows in an index that lags in both its places.
    ofEither: (by, jobId) => [byId, byList].map((words) => words.of(by).get(jobId)),
  };
}

/** What each sweep was told of jobs in one way. */
function createWords() {
  const words = new Map<Invocation, Map<string, Answer | undefined>>();
  return { of: (by: Invocation) => valueAt(words, by, () => new Map()) };
}

/** The value of a key, to be added to: made where there is none. */
export function valueAt<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** The same, where it is a set. */
export function valuesOf<Key>(map: Map<Key, Set<string>>, key: Key): Set<string> {
  return valueAt(map, key, () => new Set());
}

/** The API that a job is asked about at. */
export function apiOf({ kind = DEFAULT_KIND }: Job): Api {
  return kindOf({ kind }).api;
}

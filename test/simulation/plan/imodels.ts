import { LIST_SOURCES, type ListSource } from '../../../functions/core/imodels/imodel.ts';
import { DAY, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Random } from '../random.ts';
import type { Comeback } from './comeback.ts';
import type { JobPlan, Listed, Request } from './job-plan.ts';
import { idOf, scriptOf } from './jobs.ts';
import type { Shape } from './shape.ts';
import type { Troubled } from './windows.ts';

/** What somebody asks the API to do with an iModel, and when (ms since the epoch). */
export interface WatchRequest {
  readonly at: number;
  readonly kind: 'watch' | 'unwatch';
  readonly source: ListSource;
  readonly timeoutMinutes: number;
}

/** An iModel, how its runs are listed, and what its callers want. */
export interface IModelPlan {
  readonly iModelId: string;
  readonly order: 'newest first' | 'oldest first' | 'none';
  /** Runs on a page. */
  readonly pageSize: number;
  /** The lists show the runs as they were so long (ms) ago. */
  readonly lag: number;
  readonly requests: readonly WatchRequest[];
  /** Runs that were over long before anybody watched. */
  readonly history: readonly JobPlan[];
}

/** The iModels of a run of the simulation, and the runs that begin in them by themselves. */
export interface IModelsPlan {
  readonly iModels: readonly IModelPlan[];
  readonly runs: readonly JobPlan[];
}

/** So many numbers of ids are left to jobs that somebody registers. */
const NUMBERS_OF_JOBS = 1_000;

/** Some iModels that are watched sooner or later, and their runs. */
export function iModelsOf(
  random: Random,
  shape: Shape,
  troubled: Troubled,
  comeback: Comeback | undefined,
): IModelsPlan {
  const count = random.pick([0, 0, 1, 1, 2, 3]);
  const runs: JobPlan[] = [];
  const iModels = Array.from({ length: count }, (_, i): IModelPlan => {
    const iModel = iModelOf(random, shape, troubled, i);
    const runCount = random.pick([0, 2, 4, 6, 12]);
    for (let n = 0; n < runCount; n += 1) {
      const at = runs.at(-1)?.listed;
      // A synchronization starts several at once.
      const isWithLast = at?.iModelId === iModel.iModelId && random.chance(0.3);
      const startedAt = isWithLast ? at.startedAt : startOf(random, iModel, troubled);
      const number = NUMBERS_OF_JOBS + runs.length;
      runs.push(runOf(random, shape, troubled, { iModel, number, startedAt }));
    }
    for (const startedAt of comeback ? startsSince(random, troubled, comeback) : []) {
      const number = NUMBERS_OF_JOBS + runs.length;
      const { requests: _, ...run } = runOf(random, shape, troubled, { iModel, number, startedAt });
      runs.push({ ...run, requests: [] });
    }
    return iModel;
  });
  return { iModels, runs };
}

function iModelOf(
  random: Random,
  shape: Shape,
  { start, calmFrom }: Troubled,
  i: number,
): IModelPlan {
  const [least, most] = random.chance(0.15) ? shape.shortTimeout : shape.timeout;
  const source = random.chance(0.7) ? 'grouping-and-mapping' : 'reporting';
  const request = (at: number, kind: WatchRequest['kind']): WatchRequest => ({
    at,
    kind,
    source: random.chance(0.7) ? source : random.pick(LIST_SOURCES),
    timeoutMinutes: random.integer(least, most),
  });
  const watchAt = random.chance(0.5)
    ? start + random.integer(0, 5 * SECOND)
    : random.integer(start, calmFrom - 10 * MINUTE);
  const later = () => random.integer(watchAt, calmFrom);
  const changes = Array.from({ length: random.chance(0.4) ? random.integer(1, 3) : 0 }, () =>
    request(later(), random.chance(0.5) ? 'watch' : 'unwatch'),
  );
  const iModelId = idOf(random, i).replace('-0000-', '-1111-');
  const pageSize = random.pick([1, 3, 7, 100, 100]);
  const isOld = pageSize === 100 && random.chance(0.15);
  return {
    iModelId,
    order: random.pick(['newest first', 'newest first', 'newest first', 'oldest first', 'none']),
    pageSize,
    lag: random.chance(0.3) ? random.integer(1, 120) * SECOND : 0,
    requests: [request(watchAt, 'watch'), ...changes].sort((a, b) => a.at - b.at),
    history: isOld ? historyOf(random, iModelId, start) : [],
  };
}

/** More runs than a listing has to read. */
function historyOf(random: Random, iModelId: string, start: number): JobPlan[] {
  return Array.from({ length: random.integer(90, 230) }, (_, n) => {
    const startedAt = start - (n + 11) * DAY;
    return {
      jobId: idOf(random, 100_000 + n),
      listed: { iModelId, startedAt, from: startedAt, until: Number.POSITIVE_INFINITY },
      script: { states: [], end: { at: startedAt + MINUTE, word: 'Succeeded' } },
      requests: [],
    };
  });
}

/** Most of what can go wrong with a run that is found goes wrong with one that begins near the `PUT`. */
function startOf(random: Random, { requests }: IModelPlan, { start, calmFrom }: Troubled): number {
  const [watched = { at: start }] = requests;
  const at = random.chance(0.4)
    ? watched.at + random.integer(-10, 3) * MINUTE
    : random.integer(start - 40 * MINUTE, calmFrom - MINUTE);
  return Math.floor(at / SECOND) * SECOND;
}

/** When runs began that nobody looked at for three months, and one when somebody looks again. */
function startsSince(random: Random, { calmFrom }: Troubled, { from, until }: Comeback): number[] {
  const count = random.pick([0, 1, 15]);
  const starts = Array.from({ length: count }, () => random.integer(calmFrom, from));
  return [...starts, random.integer(from, until - 10 * MINUTE)].map(
    (at) => Math.floor(at / SECOND) * SECOND,
  );
}

function runOf(
  random: Random,
  shape: Shape,
  { calmFrom }: Troubled,
  {
    iModel,
    number,
    startedAt,
  }: { readonly iModel: IModelPlan; readonly number: number; readonly startedAt: number },
): JobPlan {
  // Some begin and end between two sweeps.
  const script = scriptOf(random, random.chance(0.3) ? SHORT : shape, startedAt);
  const from = startedAt + (random.chance(0.2) ? random.integer(1, 20) * MINUTE : 0);
  const isPruned = random.chance(0.1);
  const listed: Listed = {
    iModelId: iModel.iModelId,
    startedAt,
    from,
    until: isPruned ? from + random.integer(1, 40) * MINUTE : Number.POSITIVE_INFINITY,
    ...(number % 8 === 7 && { isUndated: true as const }),
  };
  const registerAt = Math.max(startedAt, calmFrom - 60 * MINUTE) + random.integer(0, 20) * MINUTE;
  const request: Request = {
    at: Math.min(registerAt, calmFrom),
    kind: random.chance(0.85) ? 'register' : 'cancel',
    timeoutMinutes: random.integer(20, 120),
  };
  return {
    jobId: idOf(random, number),
    ...(random.chance(0.5) && { kind: 'grouping-and-mapping-extraction' as const }),
    listed,
    script,
    requests: random.chance(0.2) ? [request] : [],
  };
}

/** In minutes: how long a short run stays in one state. */
const SHORT = { step: 0.2, lastStep: 0.5 };

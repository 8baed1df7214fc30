import type { ListedRun } from '../../../../functions/core/imodels/found-runs.ts';
import {
  type IModel,
  type ListSource,
  newIModel,
} from '../../../../functions/core/imodels/imodel.ts';
import type { RunListAnswer } from '../../../../functions/core/ports.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

/** The iModel that is watched. */
export const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';

/** A run that began an hour before the watch, as the list shows it. */
export const RUN = {
  jobId: jobId(1),
  startedAt: BEGIN - 60 * MINUTE,
  status: { kind: 'Status', state: 'Running', isListed: true },
} as const satisfies ListedRun;

/** A list that is one page of these runs. */
export function pageOf(...runs: readonly ListedRun[]): RunListAnswer {
  return { kind: 'Page', runs };
}

/** A world with one watched iModel. */
export interface WatchingWorld extends MemoryWorld {
  /** What its list answers next, one after the other; the last one stays. */
  readonly lists: RunListAnswer[];
  /** Which pages were asked for, in order; undefined: the first. */
  readonly pages: (string | undefined)[];
  /** The iModel, as it is on record. */
  readonly watched: IModel;
}

/** A world with one watched iModel, whose list answers as is said. */
export function watching(
  answers: readonly RunListAnswer[],
  facts: Partial<Pick<IModel, 'label' | 'source'>> = {},
): WatchingWorld {
  const world = createMemoryWorld();
  const source: ListSource = 'grouping-and-mapping';
  const settings = { source, timeoutMinutes: 1_440, watchedBy: 'test', ...facts };
  world.watch(newIModel({ iModelId: IMODEL, ...settings }, BEGIN));
  const lists = [...answers];
  const pages: (string | undefined)[] = [];
  world.ports.runLists.ask = async (_iModel, next) => {
    pages.push(next);
    return (lists.length > 1 ? lists.shift() : lists[0]) ?? pageOf();
  };
  return {
    ...world,
    lists,
    pages,
    get watched() {
      const iModel = world.iModel(IMODEL);
      if (!iModel) throw new Error('It is not watched any more.');
      return iModel;
    },
  };
}

import {
  type IModel,
  iModelKey,
  type WatchedIModel,
  watchedIModel,
} from '../../../functions/core/imodels/imodel.ts';
import { placeOf } from '../../../functions/core/jobs/job.ts';
import type { IModelStore } from '../../../functions/core/ports.ts';
import type { Caller } from '../caller.ts';
import { copyOf } from './copy-of.ts';
import type { WatchedIndex } from './watched-index.ts';

/** The watched iModels among the items of the jobs table. */
export interface IModelItems {
  /** What is on record itself, and no copy. */
  get(iModelId: string): IModel | undefined;
  all(): Iterable<IModel>;
  add(iModel: IModel): boolean;
  update(before: IModel, after: IModel): boolean;
  remove(iModel: IModel): boolean;
}

/** No iModels yet, in a table with this index. */
export function createIModelItems(index: WatchedIndex): IModelItems {
  const items = new Map<string, IModel>();

  function put(iModel: IModel): true {
    items.set(iModel.iModelId, iModel);
    const indexed = copyOf(watchedIModel(iModel));
    index.note(iModelKey(iModel.iModelId), { watch: 'check', place: placeOf(iModel), indexed });
    return true;
  }

  /** Versions start anew with each watch, so the version alone does not say which watch it is of. */
  function isAsRead({ iModelId, version, since }: IModel): boolean {
    const stored = items.get(iModelId);
    return stored?.version === version && stored.since === since;
  }

  return {
    get: (iModelId) => items.get(iModelId),
    all: () => items.values(),
    add: (iModel) => !items.has(iModel.iModelId) && put(copyOf(iModel)),
    update: (before, after) => isAsRead(before) && put(copyOf(after)),
    remove(iModel) {
      if (!isAsRead(iModel)) return false;
      items.delete(iModel.iModelId);
      index.note(iModelKey(iModel.iModelId), undefined);
      return true;
    },
  };
}

/** What an invocation does with iModels, as others see it. */
export interface IModelSights {
  readonly onRead: (iModelId: string, iModel: IModel | undefined) => void;
  /** `after` is undefined when it was deleted. */
  readonly onWritten: (before: IModel | undefined, after: IModel | undefined) => void;
}

/** The watched iModels as one invocation reaches them. */
export function iModelStoreOf(
  items: IModelItems,
  call: Caller,
  { onRead, onWritten }: IModelSights,
): IModelStore {
  function write(
    what: string,
    { iModelId }: IModel,
    effect: () => boolean,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return call({
      what: `${what} iModel ${iModelId}`,
      to: 'tables',
      signal,
      effect() {
        const before = items.get(iModelId);
        const isWritten = effect();
        if (isWritten) onWritten(before, items.get(iModelId));
        return isWritten;
      },
      ifRepeated: false,
    });
  }

  return {
    async get(iModelId, signal) {
      let iModel: IModel | undefined;
      try {
        iModel = await call({
          what: `get iModel ${iModelId}`,
          to: 'tables',
          signal,
          effect: () => copyOf(items.get(iModelId)),
        });
        return iModel;
      } finally {
        onRead(iModelId, iModel);
      }
    },
    list: () =>
      call({
        what: 'list iModels',
        to: 'tables',
        effect: (): readonly WatchedIModel[] => [...items.all()].map(watchedIModel).map(copyOf),
      }),
    add: (iModel) => write('add', iModel, () => items.add(iModel)),
    update: (before, after, signal) =>
      write('update', before, () => items.update(before, after), signal),
    remove: (iModel) => write('remove', iModel, () => items.remove(iModel)),
  };
}

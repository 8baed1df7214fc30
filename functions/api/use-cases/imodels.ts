import {
  changed,
  type IModel,
  type ListSource,
  newIModel,
  type WatchedIModel,
} from '../../core/imodels/imodel.ts';
import type { IModelStore, TimeSource } from '../../core/ports.ts';
import { IModelDeclared, IModelNotFound, TooManyIModels } from './refusals.ts';
import { untilWritten } from './until-written.ts';

/** As many iModels as may be watched: their list is read at once, and each has its turn in every pass. */
export const MAX_IMODELS = 500;

/** What it takes to watch iModels. */
export interface IModelPorts {
  readonly iModels: IModelStore;
  readonly time: TimeSource;
}

/** What somebody asks for by watching an iModel. */
export interface WatchRequest {
  readonly iModelId: string;
  /** What its jobs are labelled with. */
  readonly label?: string | undefined;
  readonly source: ListSource;
  readonly timeoutMinutes: number;
  /** When to be reminded of a run that is still pending; one that would come too late never comes. */
  readonly remindAfterMinutes?: number | null | undefined;
  /** Whether to be told when one of its runs becomes unusually long. @default true */
  readonly unusuallyLong?: boolean | undefined;
  /** Who asks. */
  readonly watchedBy: string;
}

/** A watched iModel, and whether it was not watched before. */
export interface WatchResult {
  readonly iModel: IModel;
  readonly isNew: boolean;
}

/**
 * Watches an iModel, or gives these settings to the watch that there is; another source begins it anew.
 *
 * @throws TooManyIModels, and Contended when others keep changing the iModel
 */
export function watchIModel(ports: IModelPorts, request: WatchRequest): Promise<WatchResult> {
  const { iModelId, label, source, timeoutMinutes, remindAfterMinutes, watchedBy } = request;
  const settings = {
    ...{ iModelId, source, timeoutMinutes, watchedBy },
    ...(label !== undefined && { label }),
    ...(remindAfterMinutes != null && { remindAfterMinutes }),
    ...(request.unusuallyLong === false && { unusuallyLong: false as const }),
  };
  const { iModels, time } = ports;
  return untilWritten(`iModel ${iModelId}`, async (): Promise<WatchResult | undefined> => {
    const wanted = newIModel(settings, time.now());
    const before = await iModels.get(iModelId);
    if (before) {
      const after = changed(before, wanted);
      const isDone = after === before || (await iModels.update(before, after));
      return isDone ? { iModel: after, isNew: false } : undefined;
    }
    if (!(await hasRoom(iModels, iModelId))) throw new TooManyIModels(MAX_IMODELS);
    if (!(await iModels.add(wanted))) return undefined;
    // Others may have come to the same last place at the same time.
    if (await hasRoom(iModels, iModelId)) return { iModel: wanted, isNew: true };
    await takeBack(iModels, wanted);
    throw new TooManyIModels(MAX_IMODELS);
  });
}

async function hasRoom(iModels: IModelStore, iModelId: string): Promise<boolean> {
  const all = await iModels.list();
  return all.filter((each) => each.iModelId !== iModelId).length < MAX_IMODELS;
}

/** A sweep may have written it meanwhile; one that is watched anew since is not ours to delete. */
function takeBack(iModels: IModelStore, { iModelId, since }: IModel): Promise<true> {
  return untilWritten(`iModel ${iModelId}`, async () => {
    const latest = await iModels.get(iModelId);
    return latest?.since !== since || (await iModels.remove(latest)) || undefined;
  });
}

/** All watched iModels. */
export function listIModels({ iModels }: IModelPorts): Promise<readonly WatchedIModel[]> {
  return iModels.list();
}

/** Looks a watched iModel up. @throws IModelNotFound */
export async function getIModel({ iModels }: IModelPorts, iModelId: string): Promise<IModel> {
  const iModel = await iModels.get(iModelId);
  if (iModel === undefined) throw new IModelNotFound(iModelId);
  return iModel;
}

/**
 * Ends the watch of an iModel. Its jobs go on, each asked for by its id.
 *
 * @param declared iModels that the deployment has watched: it would watch them again
 * @throws IModelDeclared, IModelNotFound, and Contended when others keep changing the iModel
 */
export async function unwatchIModel(
  ports: IModelPorts,
  iModelId: string,
  declared: readonly string[],
): Promise<void> {
  if (declared.includes(iModelId)) throw new IModelDeclared();
  let latest = await getIModel(ports, iModelId);
  await untilWritten(`iModel ${iModelId}`, async () => {
    if (await ports.iModels.remove(latest)) return true;
    const next = await ports.iModels.get(iModelId);
    if (next === undefined) return true;
    latest = next;
    return undefined;
  });
}

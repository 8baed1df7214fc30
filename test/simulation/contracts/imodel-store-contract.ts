import { describe, expect, it } from 'vitest';
import {
  changed,
  type IModel,
  newIModel,
  watchedIModel,
} from '../../../functions/core/imodels/imodel.ts';
import { watchedJob } from '../../../functions/core/jobs/job.ts';
import type { IModelStore, JobStore } from '../../../functions/core/ports.ts';
import { job, REGISTERED_AT } from '../../functions/adapters/support/jobs.ts';

/** Watched iModels, and the jobs in whose table they are. */
export interface IModelsUnderTest {
  readonly iModels: IModelStore;
  readonly jobs: JobStore;
}

const IMODEL = newIModel(
  {
    iModelId: 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843',
    label: 'Harbour',
    source: 'grouping-and-mapping',
    timeoutMinutes: 60,
    watchedBy: 'test',
  },
  REGISTERED_AT,
);
const OTHER = { ...IMODEL, iModelId: 'a0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843' };

function listed(iModel: IModel): IModel {
  const known = { 'run-1': REGISTERED_AT };
  return { ...iModel, known, newestAt: REGISTERED_AT, version: iModel.version + 1 };
}

/**
 * What every store of watched iModels does, be it a table or a stand-in for one.
 *
 * @param createStore makes an empty store whose index does not lag
 */
export function describeIModelStore(
  name: string,
  createStore: () => Promise<IModelsUnderTest>,
): void {
  describe(`${name} as a store of watched iModels`, () => {
    it('reads an iModel back as it was added and written, and nothing where there is none', async () => {
      const { iModels } = await createStore();
      expect(await iModels.add(IMODEL)).toBe(true);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(IMODEL);
      expect(await iModels.update(IMODEL, listed(IMODEL))).toBe(true);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(listed(IMODEL));
      expect(await iModels.get(OTHER.iModelId)).toBeUndefined();
    });

    it('adds no iModel over one that is watched', async () => {
      const { iModels } = await createStore();
      await iModels.add(IMODEL);
      expect(await iModels.add({ ...IMODEL, label: 'another' })).toBe(false);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(IMODEL);
    });

    it('writes and deletes the version that it was told of, and no other', async () => {
      const { iModels } = await createStore();
      await iModels.add(IMODEL);
      await iModels.update(IMODEL, listed(IMODEL));
      expect(await iModels.update(IMODEL, listed(IMODEL))).toBe(false);
      expect(await iModels.remove(IMODEL)).toBe(false);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(listed(IMODEL));
      expect(await iModels.remove(listed(IMODEL))).toBe(true);
      expect(await iModels.get(IMODEL.iModelId)).toBeUndefined();
    });

    it('takes one that was deleted and watched again for another, at whatever version', async () => {
      const { iModels } = await createStore();
      const again = { ...IMODEL, since: IMODEL.since + 1 };
      await iModels.add(again);
      expect(await iModels.update(IMODEL, listed(IMODEL))).toBe(false);
      expect(await iModels.remove(IMODEL)).toBe(false);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(again);
    });

    it('writes that a watch began earlier', async () => {
      const { iModels } = await createStore();
      await iModels.add(IMODEL);
      const earlier = { ...listed(IMODEL), since: IMODEL.since - 1 };
      expect(await iModels.update(IMODEL, earlier)).toBe(true);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(earlier);
    });

    it('creates nothing by an update', async () => {
      const { iModels } = await createStore();
      expect(await iModels.update(IMODEL, listed(IMODEL))).toBe(false);
      expect(await iModels.get(IMODEL.iModelId)).toBeUndefined();
    });

    it('forgets what one source has shown when another is watched', async () => {
      const { iModels } = await createStore();
      await iModels.add(IMODEL);
      const before = listed(IMODEL);
      await iModels.update(IMODEL, before);
      const anew = changed(before, { ...IMODEL, source: 'reporting' });
      expect(await iModels.update(before, anew)).toBe(true);
      expect(await iModels.get(IMODEL.iModelId)).toEqual(anew);
    });

    it('lists all of them, without the ids that they know', async () => {
      const { iModels } = await createStore();
      await iModels.add(listed(IMODEL));
      await iModels.add(OTHER);
      const all = (await iModels.list()).toSorted((a, b) => (a.iModelId < b.iModelId ? -1 : 1));
      expect(all).toEqual([watchedIModel(OTHER), watchedIModel(listed(IMODEL))]);
    });

    it('has an iModel right before its jobs among what is pending, and its jobs when it is gone', async () => {
      const { iModels, jobs } = await createStore();
      const found = { ...job(1), iModelId: IMODEL.iModelId };
      const added = [await iModels.add(IMODEL), await jobs.add(found), await jobs.add(job(2))];
      expect(added).toEqual([true, true, true]);
      const all = [watchedJob(job(2)), watchedIModel(IMODEL), watchedJob(found)];
      expect(await jobs.pendingPage(undefined, 10)).toEqual({ items: all });
      const first = await jobs.pendingPage(undefined, 2);
      expect(first.items).toEqual(all.slice(0, 2));
      expect(await jobs.pendingPage(first.last, 10)).toEqual({ items: all.slice(2) });

      await iModels.remove(IMODEL);
      expect(await jobs.pendingPage(undefined, 10)).toEqual({ items: [all[0], all[2]] });
    });

    it('has a job at another place when its iModel is known', async () => {
      const { iModels, jobs } = await createStore();
      await iModels.add(IMODEL);
      await jobs.add(job(1));
      const adopted = { ...job(1), iModelId: IMODEL.iModelId, version: 2 };
      expect(await jobs.update(job(1), adopted)).toBe(true);
      const all = [watchedIModel(IMODEL), watchedJob(adopted)];
      expect(await jobs.pendingPage(undefined, 10)).toEqual({ items: all });
    });

    it('refuses what is given up before it begins', async () => {
      const { iModels } = await createStore();
      await iModels.add(IMODEL);
      const given = AbortSignal.abort();
      await expect(iModels.update(IMODEL, listed(IMODEL), given)).rejects.toThrow();
      await expect(iModels.get(IMODEL.iModelId, given)).rejects.toThrow();
      expect(await iModels.get(IMODEL.iModelId)).toEqual(IMODEL);
    });
  });
}

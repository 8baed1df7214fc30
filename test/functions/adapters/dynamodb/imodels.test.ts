import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIModelStore } from '../../../../functions/adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { toItem } from '../../../../functions/adapters/dynamodb/jobs-table.ts';
import {
  type IModel,
  newIModel,
  watchedIModel,
} from '../../../../functions/core/imodels/imodel.ts';
import { watchedJob } from '../../../../functions/core/jobs/job.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import type { IModelStore, ListableJobStore } from '../../../../functions/core/ports.ts';
import { DAY } from '../../../../functions/core/time.ts';
import { JOBS, startDynamoDB, type TestDynamoDB } from '../support/dynamodb.ts';

const NOW = Date.UTC(2026, 1, 10, 12);
const HARBOUR = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';

const FIRST = watched(HARBOUR, { label: 'Harbour', remindAfterMinutes: 60 });
/** The same after a listing that told of much. */
const LISTED: IModel = {
  ...FIRST,
  known: { 'run 7': NOW, 'Run#8': NOW + 1 },
  newestAt: NOW + 1,
  floor: NOW,
  next: { query: '?$continuationToken=2', earliest: 1, isInOrder: true },
  allReadAt: NOW,
  isUnordered: true,
  trouble: { cause: 'AccessDenied', message: 'No.', since: NOW },
  version: 2,
};

let dynamodb: TestDynamoDB;
let iModels: IModelStore;
let jobs: ListableJobStore;

beforeAll(async () => {
  dynamodb = await startDynamoDB(JOBS);
  iModels = createIModelStore(dynamodb.client, 'Jobs');
  jobs = createListableJobStore(dynamodb.client, 'Jobs');
});
beforeEach(async () => {
  for (const { iModelId } of await iModels.list()) {
    const iModel = await iModels.get(iModelId);
    if (iModel) await iModels.remove(iModel);
  }
});
afterAll(() => dynamodb.stop());

describe('one iModel', () => {
  it('is read back as it was added, and changed', async () => {
    expect(await iModels.add(FIRST)).toBe(true);
    expect(await iModels.get(HARBOUR)).toEqual(FIRST);
    expect(await iModels.update(FIRST, LISTED)).toBe(true);
    expect(await iModels.get(HARBOUR)).toEqual(LISTED);
  });

  it('forgets all that it knew when its watch begins anew', async () => {
    await iModels.add(FIRST);
    await iModels.update(FIRST, LISTED);
    const anew: IModel = { ...FIRST, source: 'reporting', since: NOW + DAY, version: 3 };
    expect(await iModels.update(LISTED, anew)).toBe(true);
    expect(await iModels.get(HARBOUR)).toEqual(anew);
    expect(await iModels.list()).toEqual([watchedIModel(anew)]);
  });

  it('is added once', async () => {
    await iModels.add(FIRST);
    expect(await iModels.add({ ...FIRST, label: 'late' })).toBe(false);
    expect(await iModels.get(HARBOUR)).toEqual(FIRST);
  });

  it('is not there before somebody adds it, and is not created by a change', async () => {
    expect(await iModels.get(HARBOUR)).toBeUndefined();
    expect(await iModels.update(FIRST, LISTED)).toBe(false);
    expect(await iModels.remove(FIRST)).toBe(false);
    expect(await iModels.get(HARBOUR)).toBeUndefined();
  });
});

describe('a write that was decided on what is not on record any more', () => {
  it('does not go through when another version is', async () => {
    await iModels.add(FIRST);
    await iModels.update(FIRST, LISTED);
    expect(await iModels.update(FIRST, { ...FIRST, label: 'late', version: 2 })).toBe(false);
    expect(await iModels.remove(FIRST)).toBe(false);
    expect(await iModels.get(HARBOUR)).toEqual(LISTED);
  });

  it('does not go through when it was deleted and is watched again, though versions start anew', async () => {
    await iModels.add(FIRST);
    await iModels.remove(FIRST);
    const again = { ...FIRST, since: NOW + 1 };
    await iModels.add(again);
    expect(await iModels.update(FIRST, LISTED)).toBe(false);
    expect(await iModels.remove(FIRST)).toBe(false);
    expect(await iModels.get(HARBOUR)).toEqual(again);
  });
});

describe('watched iModels among the jobs', () => {
  it('are all listed, by id, without the ids of their runs', async () => {
    await iModels.add(FIRST);
    await iModels.update(FIRST, LISTED);
    const other = watched('00000000-4e7a-4d15-9c68-1f5a7e20d843');
    await iModels.add(other);
    expect(await iModels.list()).toEqual([other, LISTED].map(watchedIModel));
  });

  it('come right before their pending jobs, and are in no list of jobs', async () => {
    const job = newJob({
      jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
      iModelId: HARBOUR,
      registeredAt: NOW,
      registeredBy: 'test',
      timeoutAt: NOW + DAY,
    });
    await dynamodb.client.send(new PutCommand({ TableName: 'Jobs', Item: toItem(job) }));
    await iModels.add(FIRST);
    const { items } = await jobs.pendingPage(undefined, 10);
    expect(items).toEqual([watchedIModel(FIRST), watchedJob(job)]);
    const listed = await jobs.listPage({ month: '2026-02' }, 10);
    expect(listed.items.map(({ jobId }) => jobId)).toEqual([job.jobId]);
  });
});

function watched(
  iModelId: string,
  settings: Partial<Pick<IModel, 'label' | 'remindAfterMinutes'>> = {},
): IModel {
  return newIModel(
    {
      iModelId,
      source: 'grouping-and-mapping',
      timeoutMinutes: 1_440,
      watchedBy: 'test',
      ...settings,
    },
    NOW,
  );
}

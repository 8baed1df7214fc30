import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Item, indexWrites } from '../../../bench/units/index-writes.ts';
import { createJobStore, toItem } from '../../../functions/adapters/dynamodb/jobs-table.ts';
import { markPublished } from '../../../functions/core/alerts/alert.ts';
import { applyChange } from '../../../functions/core/jobs/apply.ts';
import { type Job, owedAlerts } from '../../../functions/core/jobs/job.ts';
import { JOBS } from '../../functions/adapters/support/dynamodb.ts';
import { job } from '../../functions/adapters/support/jobs.ts';
import {
  type DynamoDBLocal,
  startDynamoDBLocal,
  whyNoDynamoDBLocal,
} from '../../simulation/contracts/dynamodb-local.ts';

const missing = whyNoDynamoDBLocal();

describe.skipIf(missing)(`Amazon's DynamoDB Local${missing ? ` (${missing})` : ''}`, () => {
  let dynamodb: DynamoDBLocal;
  beforeAll(async () => {
    dynamodb = await startDynamoDBLocal();
  });
  afterAll(() => dynamodb.stop());

  it('counts the same index writes in the life of a job', async () => {
    const [documents, tableName] = await dynamodb.createTable(JOBS);
    const counted = countIndexWrites(documents);
    const jobs = createJobStore(documents, tableName);
    const registered = job(1);
    const life = lifeOf(registered);
    await jobs.add(registered);
    for (const [n, after] of life.slice(1).entries()) await jobs.update(life[n] as Job, after);

    const table = { name: tableName, definition: JOBS };
    const items: (Item | undefined)[] = [undefined, ...life.map((each) => ({ ...toItem(each) }))];
    const reckoned = items.slice(1).map((item, n) => indexWrites(table, items[n], item));
    expect(counted).toEqual(reckoned);
  });
});

/** Registered, queued, running, ended with an alert owed, and the alert published. */
function lifeOf(registered: Job): Job[] {
  const life = [registered];
  for (const to of ['Queued', 'Running', 'Succeeded']) {
    life.push(applyChange(life.at(-1) as Job, { kind: 'Transition', to }, Date.now()));
  }
  const ended = life.at(-1) as Job;
  return [...life, markPublished(ended, owedAlerts(ended), Date.now())];
}

/** The units that each write from now on takes in all indexes together, as DynamoDB tells. */
function countIndexWrites(documents: DynamoDBDocumentClient): number[] {
  const counted: number[] = [];
  documents.middlewareStack.add(
    (next) => async (args) => {
      (args.input as { ReturnConsumedCapacity?: string }).ReturnConsumedCapacity = 'INDEXES';
      const result = await next(args);
      const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Capacity };
      const { CapacityUnits = 0, Table } = ConsumedCapacity ?? {};
      counted.push(CapacityUnits - (Table?.CapacityUnits ?? 0));
      return result;
    },
    { step: 'initialize' },
  );
  return counted;
}

interface Capacity {
  readonly CapacityUnits?: number;
  readonly Table?: { readonly CapacityUnits?: number };
}

import { afterAll, beforeAll, describe } from 'vitest';
import { createIModelStore } from '../../../functions/adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { createCheckpointStore } from '../../../functions/adapters/dynamodb/tables.ts';
import { CHECKPOINT, JOBS } from '../../functions/adapters/support/dynamodb.ts';
import { describeCheckpointStore } from './checkpoint-store-contract.ts';
import { type DynamoDBLocal, startDynamoDBLocal, whyNoDynamoDBLocal } from './dynamodb-local.ts';
import { describeIModelStore } from './imodel-store-contract.ts';
import { describeJobStore } from './job-store-contract.ts';

const missing = whyNoDynamoDBLocal();

describe.skipIf(missing)(`Amazon's DynamoDB Local${missing ? ` (${missing})` : ''}`, () => {
  let dynamodb: DynamoDBLocal;
  beforeAll(async () => {
    dynamodb = await startDynamoDBLocal();
  });
  afterAll(() => dynamodb.stop());

  describeJobStore('the adapter on it', async () =>
    createListableJobStore(...(await dynamodb.createTable(JOBS))),
  );
  describeIModelStore('the adapter on it', async () => {
    const table = await dynamodb.createTable(JOBS);
    return { jobs: createListableJobStore(...table), iModels: createIModelStore(...table) };
  });
  describeCheckpointStore('the adapter on it', async () =>
    createCheckpointStore(...(await dynamodb.createTable(CHECKPOINT))),
  );
});

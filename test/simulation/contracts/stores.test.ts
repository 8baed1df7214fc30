import { afterEach } from 'vitest';
import { createIModelStore } from '../../../functions/adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { createStatisticsStore } from '../../../functions/adapters/dynamodb/statistics.ts';
import {
  createCheckpointStore,
  createLengthStore,
} from '../../../functions/adapters/dynamodb/tables.ts';
import {
  CHECKPOINT,
  createTable,
  JOBS,
  startDynamoDB,
  type TestDynamoDB,
} from '../../functions/adapters/support/dynamodb.ts';
import { checkpointStoreOf, createCheckpointTable } from '../stand-ins/checkpoint-table.ts';
import { iModelStoreOf } from '../stand-ins/imodel-items.ts';
import { jobStoreOf } from '../stand-ins/job-store.ts';
import { createJobsTable } from '../stand-ins/jobs-table.ts';
import { createLengthItems, lengthStoreOf } from '../stand-ins/length-items.ts';
import { statisticsStoreOf } from '../stand-ins/statistics.ts';
import { callAtOnce } from './call-at-once.ts';
import { describeCheckpointStore } from './checkpoint-store-contract.ts';
import { describeIModelStore } from './imodel-store-contract.ts';
import { describeJobStore } from './job-store-contract.ts';
import { describeLengthStore } from './length-store-contract.ts';
import { describeStatisticsStore } from './statistics-store-contract.ts';

const started: TestDynamoDB[] = [];
afterEach(() => {
  for (const dynamodb of started.splice(0)) dynamodb.stop();
});

async function start(table: typeof JOBS): Promise<TestDynamoDB> {
  const dynamodb = await startDynamoDB(table);
  started.push(dynamodb);
  return dynamodb;
}

const now = () => 0;
const ignore = () => undefined;

function standIns() {
  const parts = { now, lag: now, pageBreak: ignore, at: ignore, ttlDelay: now, onExpired: ignore };
  const table = createJobsTable(parts);
  return {
    jobs: jobStoreOf(table, callAtOnce, { onWritten: ignore, onKnown: ignore }),
    iModels: iModelStoreOf(table.iModels, callAtOnce, { onRead: ignore, onWritten: ignore }),
    statistics: statisticsStoreOf(table, new Map(), callAtOnce),
  };
}

describeJobStore('the stand-in', async () => standIns().jobs);
describeJobStore('the adapter on dynalite', async () =>
  createListableJobStore((await start(JOBS)).client, 'Jobs'),
);
describeIModelStore('the stand-in', async () => standIns());
describeIModelStore('the adapter on dynalite', async () => {
  const { client } = await start(JOBS);
  return {
    jobs: createListableJobStore(client, 'Jobs'),
    iModels: createIModelStore(client, 'Jobs'),
  };
});
describeLengthStore('the stand-in', async () =>
  lengthStoreOf(createLengthItems(), callAtOnce, ignore),
);
describeLengthStore('the adapter on dynalite', async () =>
  createLengthStore((await start(JOBS)).client, 'Jobs'),
);
describeCheckpointStore('the stand-in', async () =>
  checkpointStoreOf(createCheckpointTable(), callAtOnce, { now, onWritten: ignore }),
);
describeCheckpointStore('the adapter on dynalite', async () =>
  createCheckpointStore((await start(CHECKPOINT)).client, 'Checkpoint'),
);
describeStatisticsStore('the stand-in', async () => standIns());
describeStatisticsStore('the adapter on dynalite', async () => {
  const { client } = await start(JOBS);
  await createTable(client, CHECKPOINT);
  const tables = { jobsTable: 'Jobs', checkpointTable: 'Checkpoint' };
  return {
    jobs: createListableJobStore(client, 'Jobs'),
    statistics: createStatisticsStore(client, tables),
  };
});

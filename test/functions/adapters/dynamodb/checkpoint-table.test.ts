import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCheckpointStore } from '../../../../functions/adapters/dynamodb/tables.ts';
import type { CheckpointStore } from '../../../../functions/core/ports.ts';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { AGE_CLASSES } from '../../../../functions/core/sweeps/schedule.ts';
import { TROUBLE_NAMES } from '../../../../functions/core/sweeps/troubles.ts';
import { APIS } from '../../../simulation/plan/windows.ts';
import { CHECKPOINT, startDynamoDB, type TestDynamoDB } from '../support/dynamodb.ts';

const ITEM = { TableName: 'Checkpoint', Key: { id: 'sweep' } };
const NOW = Date.UTC(2026, 0, 1);
/** The same for each of these names. */
const forEach = <T>(names: readonly string[], value: T) =>
  Object.fromEntries(names.map((name) => [name, value]));
const FIRST: Checkpoint = { ...firstCheckpoint(NOW, 60), version: 1 };

let dynamodb: TestDynamoDB;
let checkpoints: CheckpointStore;
beforeAll(async () => {
  dynamodb = await startDynamoDB(CHECKPOINT);
  checkpoints = createCheckpointStore(dynamodb.client, 'Checkpoint');
});
beforeEach(async () => {
  await dynamodb.client.send(new DeleteCommand(ITEM));
  dynamodb.requests.length = 0;
});
afterAll(() => dynamodb.stop());

it('has no checkpoint before the first sweep', async () => {
  expect(await checkpoints.read()).toBeUndefined();
});

it('reads back every checkpoint as it was written', async () => {
  const second: Checkpoint = {
    ...FIRST,
    version: 2,
    leaseUntil: NOW + 60_000,
    after: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
    answers: { reporting: { alive: 3, missing: 1 } },
    budget: 12.345678901234567,
    pause: { until: NOW + 1, reason: 'RateLimited' },
  };
  expect(await checkpoints.write(FIRST)).toBe(true);
  expect(await checkpoints.read()).toEqual(FIRST);
  expect(await checkpoints.write(second)).toBe(true);
  expect(await checkpoints.read()).toEqual(second);
});

it('takes three write units at the most, though everything is wrong at once', async () => {
  const times = Array.from({ length: 8 }, (_, i) => NOW + i);
  const counts = Array.from({ length: AGE_CLASSES }, () => 123_456);
  const [lastPassStartedAt = NOW, ...earlierPasses] = times;
  const ofApi = { alive: 987_654, missing: 87_654 };
  const answers = forEach(APIS, ofApi);
  const answerers = [...APIS, ...APIS.map((api) => `${api} lists`), 'tokens'];
  const largest: Required<Checkpoint> = {
    ...FIRST,
    month: '2026-02',
    digest: { from: NOW, to: NOW, day: 20_494 },
    leaseUntil: NOW,
    after: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
    pass: 1_234_567,
    passStartedAt: NOW,
    lastPassStartedAt,
    lastPassCompletedAt: NOW,
    earlierPasses,
    lastSweepAt: NOW,
    pendingSeen: 1_000_000,
    pendingByAge: counts,
    lastPassPending: 1_000_000,
    lastPassByAge: counts,
    answers,
    lastPassAnswers: answers,
    budget: 4_999.123456789012,
    budgetAt: NOW,
    leasedAt: NOW,
    pause: {
      until: NOW,
      reason: 'CredentialsRefused',
      cause: 'CredentialsUnreadable',
      credentials: randomUUID(),
    },
    skipped: 876_543,
    contact: {
      answeredAt: forEach(APIS, NOW),
      failing: forEach(answerers, { since: NOW, at: NOW }),
      tokenAt: NOW,
    },
    awake: NOW,
    runLengths: { ended: counts, givenUp: counts },
    listeners: {
      checkedAt: NOW,
      confirmed: 100,
      pending: 100,
      unconfirmed: 100,
      vanished: 100,
      othersPendingSince: NOW,
      operators: 100,
    },
    troubles: Object.fromEntries(
      TROUBLE_NAMES.map((name) => [
        name,
        { since: NOW, seenAt: NOW, cause: 'CredentialsUnreadable', isTold: true },
      ]),
    ),
  };
  const command = new PutCommand({
    TableName: ITEM.TableName,
    Item: { ...ITEM.Key, ...largest },
    ReturnConsumedCapacity: 'TOTAL',
  });
  const { ConsumedCapacity } = await dynamodb.client.send(command);
  expect(ConsumedCapacity?.CapacityUnits).toBeLessThanOrEqual(3);
});

it('keeps the attributes at the top of the item, where an operator finds them', async () => {
  await checkpoints.write({ ...FIRST, leaseUntil: NOW });
  const { Item } = await dynamodb.client.send(new GetCommand(ITEM));
  expect(Item).toMatchObject({ id: 'sweep', version: 1, leaseUntil: NOW });
});

it('forgets what the next checkpoint no longer has', async () => {
  await checkpoints.write({ ...FIRST, leaseUntil: NOW });
  await checkpoints.write({ ...FIRST, version: 2 });
  expect(await checkpoints.read()).toEqual({ ...FIRST, version: 2 });
});

it('lets only one of two sweeps that start at once take the first lease', async () => {
  const results = await Promise.all([checkpoints.write(FIRST), checkpoints.write(FIRST)]);
  expect(results.toSorted()).toEqual([false, true]);
});

it.each([1, 2, 4])('writes nothing over version 2 with version %i', async (version) => {
  const second = { ...FIRST, version: 2 };
  await checkpoints.write(FIRST);
  await checkpoints.write(second);
  expect(await checkpoints.write({ ...FIRST, version, budget: 0 })).toBe(false);
  expect(await checkpoints.read()).toEqual(second);
});

it('writes no later version where there is no checkpoint at all', async () => {
  expect(await checkpoints.write({ ...FIRST, version: 7 })).toBe(false);
  expect(await checkpoints.read()).toBeUndefined();
});

it('spends one request on a write and one on a read', async () => {
  await checkpoints.write(FIRST);
  await checkpoints.read();
  expect(dynamodb.requests).toEqual(['PutItem', 'GetItem']);
});

it('reads the checkpoint as it is now, not as it was a second ago', async () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
  const mock = mockClient(client).on(GetCommand).resolves({});
  await createCheckpointStore(client, 'Checkpoint').read();
  expect(mock.call(0).args[0].input).toMatchObject({ ConsistentRead: true });
});

it('reads a checkpoint that has attributes of a later version of the code', async () => {
  const item = { ...ITEM.Key, ...FIRST, inventedLater: { a: [1] } };
  await dynamodb.client.send(new PutCommand({ TableName: 'Checkpoint', Item: item }));
  expect(await checkpoints.read()).toMatchObject(FIRST);
});

it('throws what DynamoDB throws, unless a condition did not hold', async () => {
  const elsewhere = createCheckpointStore(dynamodb.client, 'NoSuchTable');
  await expect(elsewhere.write(FIRST)).rejects.toThrow('resource not found');
});

it('gives up a write when it is told to', async () => {
  await expect(checkpoints.write(FIRST, AbortSignal.abort())).rejects.toThrow('aborted');
  expect(await checkpoints.read()).toBeUndefined();
});

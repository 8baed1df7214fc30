import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createListableJobStore,
  JobsUnread,
} from '../../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { toItem } from '../../../../functions/adapters/dynamodb/jobs-table.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { cancel } from '../../../../functions/core/jobs/watch.ts';
import { omit } from '../../../../functions/core/objects.ts';
import type { ListableJobStore, Page } from '../../../../functions/core/ports.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { JOBS, startDynamoDB, type TestDynamoDB } from '../support/dynamodb.ts';
import { job, jobId, REGISTERED_AT } from '../support/jobs.ts';

const JANUARY = { month: '2026-01' };
const FEBRUARY = { month: '2026-02' };

let dynamodb: TestDynamoDB;
let jobs: ListableJobStore;
beforeEach(async () => {
  dynamodb = await startDynamoDB(JOBS);
  jobs = createListableJobStore(dynamodb.client, 'Jobs');
});
afterEach(() => dynamodb.stop());

function idsOf({ items }: Page<Job>): string[] {
  return items.map((item) => item.jobId);
}

describe('the list of a month', () => {
  it('is newest first and stops at the end of the month, UTC', async () => {
    await jobs.add(job(1, 2 * MINUTE));
    await jobs.add(job(2));
    await jobs.add(job(3, HOUR - 1));
    await jobs.add(job(4, HOUR));
    expect(idsOf(await jobs.listPage(JANUARY, 10))).toEqual([jobId(3), jobId(1), jobId(2)]);
    expect(idsOf(await jobs.listPage(FEBRUARY, 10))).toEqual([jobId(4)]);
  });

  it('goes on where a page ended, also among jobs of the same millisecond', async () => {
    for (const n of [1, 2, 3]) await jobs.add(job(n));
    const first = await jobs.listPage(JANUARY, 2);
    expect(idsOf(first)).toEqual([jobId(3), jobId(2)]);
    expect(first.last).toBe(`2026-01-31T23:00:00.000Z#${jobId(2)}`);

    const second = await jobs.listPage({ ...JANUARY, after: first.last as string }, 2);
    expect(idsOf(second)).toEqual([jobId(1)]);
    expect(second).not.toHaveProperty('last');
  });

  it('tells all of a job but its alerts and logs', async () => {
    const running = applyChange(job(1), { kind: 'Transition', to: 'Running', reason: 'r' }, 0);
    await jobs.add(job(1));
    await jobs.update(job(1), running);
    expect((await jobs.listPage(JANUARY, 10)).items).toEqual([running]);
  });

  it('leaves out jobs in other states, and still gets on', async () => {
    await jobs.add(job(1));
    await jobs.update(job(1), cancel(job(1), REGISTERED_AT, 'somebody'));
    await jobs.add(job(2));
    await jobs.add(job(3));

    const first = await jobs.listPage(JANUARY, 2, { state: ['Cancelled'] });
    expect(idsOf(first)).toEqual([]);
    const second = await jobs.listPage({ ...JANUARY, after: first.last as string }, 2, {
      state: ['Cancelled'],
    });
    expect(idsOf(second)).toEqual([jobId(1)]);
  });

  it('leaves out jobs whose label begins otherwise, or that have none', async () => {
    await jobs.add({ ...job(1), label: 'Tower B, nightly' });
    await jobs.add({ ...job(2), label: 'tower B' });
    await jobs.add(omit(job(3), 'label'));
    expect(idsOf(await jobs.listPage(JANUARY, 10, { labelPrefix: 'Tower' }))).toEqual([jobId(1)]);
  });

  it('leaves out ended jobs, or pending ones', async () => {
    await jobs.add(job(1));
    await jobs.update(job(1), cancel(job(1), REGISTERED_AT, 'somebody'));
    await jobs.add(job(2));
    const list = async (stateGroup: 'pending' | 'ended') =>
      idsOf(await jobs.listPage(JANUARY, 10, { stateGroup }));
    expect(await list('ended')).toEqual([jobId(1)]);
    expect(await list('pending')).toEqual([jobId(2)]);
  });

  it('ends where jobs were registered too early, and reads none of them', async () => {
    for (let n = 1; n <= 9; n += 1) await jobs.add(job(n, n * MINUTE));
    const registeredFrom = REGISTERED_AT + 7 * MINUTE;
    const first = await jobs.listPage(JANUARY, 2, { registeredFrom });
    expect(idsOf(first)).toEqual([jobId(9), jobId(8)]);

    dynamodb.consumed.length = 0;
    const after = first.last as string;
    const second = await jobs.listPage({ ...JANUARY, after }, 2, { registeredFrom });
    expect(second).toMatchObject({ items: [{ jobId: jobId(7) }] });
    expect(second).not.toHaveProperty('last');
    expect(dynamodb.consumed).toEqual([0.5, 0.5]);
  });

  it('tells a job once of which the index has the place before it was reopened, too', async () => {
    for (const n of [1, 2]) await jobs.add(job(n));
    const client = dynamodb.client;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          const { Items = [] } = result.output as { Items?: object[] };
          if (commandName === 'QueryCommand') Items.push({ ...Items[0] });
          return result;
        },
      { step: 'initialize' },
    );
    expect(idsOf(await jobs.listPage(JANUARY, 10))).toEqual([jobId(2), jobId(1)]);
  });

  it('is empty for a month without jobs, at the price of one request', async () => {
    expect(await jobs.listPage(FEBRUARY, 10)).toEqual({ items: [] });
    expect(dynamodb.requests).toEqual(['Query']);
  });

  it('costs two requests however many jobs it tells', async () => {
    for (let n = 1; n <= 100; n += 1) await jobs.add(job(n));
    dynamodb.requests.length = 0;
    expect(idsOf(await jobs.listPage(JANUARY, 100))).toHaveLength(100);
    expect(dynamodb.requests).toEqual(['Query', 'BatchGetItem']);
  });

  it('costs half a read unit for each job, and 3.5 for the index entries of a hundred', async () => {
    for (let n = 1; n <= 100; n += 1) await jobs.add(job(n));
    dynamodb.consumed.length = 0;
    await jobs.listPage(JANUARY, 100);
    expect(dynamodb.consumed).toEqual([3.5, 50]);

    dynamodb.consumed.length = 0;
    await jobs.listPage(JANUARY, 20);
    expect(dynamodb.consumed).toEqual([1, 10]);
  });
});

describe('when DynamoDB does not give out a whole page', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
  const mock = mockClient(client);
  const { listPage } = createListableJobStore(client, 'Jobs');
  const found = (...numbers: number[]) => ({ Responses: { Jobs: numbers.map((n) => job(n)) } });
  const unread = (...numbers: number[]) => ({
    UnprocessedKeys: { Jobs: { Keys: numbers.map((n) => ({ jobId: jobId(n) })) } },
  });
  beforeEach(() => {
    mock.reset();
    mock.on(QueryCommand).resolves({ Items: [3, 2, 1].map((n) => toItem(job(n))) });
  });

  it('asks for the rest, and only for that, and keeps the order', async () => {
    mock
      .on(BatchGetCommand)
      .resolvesOnce({ ...found(2), ...unread(1, 3) })
      .resolvesOnce(found(1, 3));
    expect(idsOf(await listPage(JANUARY, 3))).toEqual([jobId(3), jobId(2), jobId(1)]);
    const [, again] = mock.commandCalls(BatchGetCommand);
    expect(again?.args[0].input.RequestItems?.Jobs?.Keys).toEqual([
      { jobId: jobId(1) },
      { jobId: jobId(3) },
    ]);
  });

  it('says so after five attempts, rather than tell half of it', async () => {
    mock.on(BatchGetCommand).resolves({ ...found(2), ...unread(1, 3) });
    await expect(listPage(JANUARY, 3)).rejects.toThrow(JobsUnread);
    expect(mock.commandCalls(BatchGetCommand)).toHaveLength(5);
  });

  it('leaves out a job that was deleted after the index was read', async () => {
    mock.on(BatchGetCommand).resolves(found(3, 1));
    expect(idsOf(await listPage(JANUARY, 3))).toEqual([jobId(3), jobId(1)]);
  });
});

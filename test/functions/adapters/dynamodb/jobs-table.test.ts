import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobStore, toItem } from '../../../../functions/adapters/dynamodb/jobs-table.ts';
import { markPublished } from '../../../../functions/core/alerts/alert.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { type Job, owedAlerts, watchedJob } from '../../../../functions/core/jobs/job.ts';
import { cancel, reopen } from '../../../../functions/core/jobs/watch.ts';
import type { JobStore } from '../../../../functions/core/ports.ts';
import { isPendingJob, type PendingEntry } from '../../../../functions/core/sweeps/schedule.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { JOBS, startDynamoDB, type TestDynamoDB } from '../support/dynamodb.ts';
import { job, jobId, REGISTERED_AT } from '../support/jobs.ts';

const NOW = REGISTERED_AT + MINUTE;
const RETENTION = 90 * DAY;

let dynamodb: TestDynamoDB;
let jobs: JobStore;
beforeEach(async () => {
  dynamodb = await startDynamoDB(JOBS);
  jobs = createJobStore(dynamodb.client, 'Jobs');
});
afterEach(() => dynamodb.stop());

/** The item as it is stored. */
async function itemOf(id: string) {
  const command = new GetCommand({ TableName: 'Jobs', Key: { jobId: id }, ConsistentRead: true });
  return (await dynamodb.client.send(command)).Item;
}

/** Puts versions of a job on record one after the other. */
async function record(first: Job, ...later: Job[]) {
  await jobs.add(first);
  for (const [i, after] of later.entries()) await jobs.update([first, ...later][i] as Job, after);
}

function ended(before: Job): Job {
  return applyChange(before, { kind: 'Transition', to: 'Failed', reason: 'Disk full' }, NOW);
}

function published(before: Job): Job {
  return markPublished(before, owedAlerts(before), NOW);
}

describe('a new job', () => {
  it('is read back as it was added', async () => {
    expect(await jobs.add(job(1))).toBe(true);
    expect(await jobs.get(jobId(1))).toEqual(job(1));
  });

  it('costs one request', async () => {
    await jobs.add(job(1));
    expect(dynamodb.requests).toEqual(['PutItem']);
  });

  it('is not added over one that is known, whatever became of that', async () => {
    await record(job(1), cancel(job(1), NOW, 'somebody'));
    expect(await jobs.add({ ...job(1), label: 'another' })).toBe(false);
    expect(await jobs.get(jobId(1))).toEqual(cancel(job(1), NOW, 'somebody'));
  });

  it('is stored with what the indexes need, and never expires while it is pending', async () => {
    await jobs.add(job(1));
    expect(await itemOf(jobId(1))).toEqual({
      ...job(1),
      indexed: watchedJob(job(1)),
      watch: 'check',
      place: `#${jobId(1)}`,
      month: '2026-01',
      registeredAtJobId: `2026-01-31T23:00:00.000Z#${jobId(1)}`,
    });
  });
});

it('reads one job as it is now, not as it was a second ago', async () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
  const mock = mockClient(client).on(GetCommand).resolves({});
  await createJobStore(client, 'Jobs').get(jobId(1));
  expect(mock.call(0).args[0].input).toMatchObject({ ConsistentRead: true });
});

describe('a write whose answer gets lost', () => {
  it('is made once and comes back as lost: whoever adds a job must read it again', async () => {
    dynamodb.loseNextAnswer();
    expect(await jobs.add(job(1))).toBe(false);
    expect(dynamodb.requests).toEqual(['PutItem', 'PutItem']);
    expect(await jobs.get(jobId(1))).toEqual(job(1));
  });

  it('leaves the alert that it owes to be found by the next draining', async () => {
    await jobs.add(job(1));
    dynamodb.loseNextAnswer();
    expect(await jobs.update(job(1), ended(job(1)))).toBe(false);
    expect(await jobs.owedPage(undefined)).toEqual({ items: [jobId(1)] });
  });
});

describe('a job that nobody registered', () => {
  it('is not found', async () => {
    expect(await jobs.get(jobId(1))).toBeUndefined();
  });

  it('is not created by an update', async () => {
    expect(await jobs.update(job(1), ended(job(1)))).toBe(false);
    expect(await itemOf(jobId(1))).toBeUndefined();
  });
});

describe('an update', () => {
  it('costs one request', async () => {
    await jobs.add(job(1));
    dynamodb.requests.length = 0;
    await jobs.update(job(1), ended(job(1)));
    expect(dynamodb.requests).toEqual(['UpdateItem']);
  });

  it('makes the item what it would be had it been written anew, at every step of a life', async () => {
    const troubled = applyChange(
      job(1),
      { kind: 'FailedCheck', error: { name: 'Timeout', message: 'late' }, overdueSince: 5 },
      NOW,
    );
    const missing = applyChange(
      troubled,
      { kind: 'Missing', missing: { since: NOW, count: 1 } },
      NOW,
    );
    const recovered = applyChange(missing, { kind: 'Recovered' }, NOW);
    const timedOut = applyChange(recovered, { kind: 'Transition', to: 'TimedOut' }, NOW);
    const { label: _, ...registration } = { ...job(1), registeredAt: NOW + DAY };
    const reopened = reopen(timedOut, registration);
    const done = published(ended(reopened));
    const life = [job(1), troubled, missing, recovered, timedOut, reopened, ended(reopened), done];

    await jobs.add(job(1));
    for (const [i, after] of life.slice(1).entries()) {
      expect(await jobs.update(life[i] as Job, after)).toBe(true);
      expect(await itemOf(jobId(1))).toEqual(toItem(after));
    }
  });

  it('is lost, and changes nothing, when the job has another version by now', async () => {
    const running = applyChange(job(1), { kind: 'Transition', to: 'Running' }, NOW);
    await record(job(1), running);
    expect(await jobs.update(job(1), ended(job(1)))).toBe(false);
    expect(await jobs.get(jobId(1))).toEqual(running);
  });

  it('lets only one of two that were decided on the same version through', async () => {
    await jobs.add(job(1));
    const results = await Promise.all([
      jobs.update(job(1), ended(job(1))),
      jobs.update(job(1), cancel(job(1), NOW, 'somebody')),
    ]);
    expect(results.toSorted()).toEqual([false, true]);
  });

  it('leaves alone what it did not change, even what it does not know', async () => {
    await jobs.add(job(1));
    const before = (await jobs.get(jobId(1))) as Job;
    await dynamodb.client.send(
      new UpdateCommand({
        TableName: 'Jobs',
        Key: { jobId: jobId(1) },
        UpdateExpression: 'SET note = :note, label = :label',
        ExpressionAttributeValues: { ':note': 'by hand', ':label': 'renamed' },
      }),
    );
    expect(await jobs.update(before, ended(before))).toBe(true);
    expect(await itemOf(jobId(1))).toMatchObject({ note: 'by hand', label: 'renamed' });
  });

  it('mends what is derived, should it ever be wrong', async () => {
    await jobs.add(job(1));
    const running = applyChange(job(1), { kind: 'Transition', to: 'Running' }, NOW);
    await dynamodb.client.send(
      new UpdateCommand({
        TableName: 'Jobs',
        Key: { jobId: jobId(1) },
        UpdateExpression: 'SET expiresAt = :soon REMOVE watch',
        ExpressionAttributeValues: { ':soon': 1 },
      }),
    );
    await jobs.update(job(1), running);
    const item = await itemOf(jobId(1));
    expect(item).toMatchObject({ watch: 'check' });
    expect(item).not.toHaveProperty('expiresAt');
  });
});

describe('a job that ended', () => {
  it('stays on record until its alert is published, and 90 days from its end then', async () => {
    const end = ended(job(1));
    await record(job(1), end);
    expect(await itemOf(jobId(1))).toMatchObject({ watch: 'alert' });
    expect(await itemOf(jobId(1))).not.toHaveProperty('expiresAt');

    await jobs.update(end, published(end));
    const item = await itemOf(jobId(1));
    expect(item).toMatchObject({ expiresAt: (NOW + RETENTION) / 1_000 });
    expect(item).not.toHaveProperty('watch');
  });

  it('never expires early for want of a whole second', async () => {
    await record(job(1), cancel(job(1), NOW + 1, 'somebody'));
    expect(await itemOf(jobId(1))).toMatchObject({ expiresAt: (NOW + RETENTION) / 1_000 + 1 });
  });
});

it('reads a job that has attributes of a later version of the code', async () => {
  const item = { ...job(1), watch: 'check', inventedLater: { a: [1, null] } };
  await dynamodb.client.send(new PutCommand({ TableName: 'Jobs', Item: item }));
  expect(await jobs.get(jobId(1))).toMatchObject(job(1));
});

describe('the pending jobs', () => {
  it('come page by page in key order, each with all that a check must know', async () => {
    const troubled = applyChange(
      job(2),
      { kind: 'FailedCheck', error: { name: 'Timeout', message: 'late' } },
      NOW,
    );
    for (const n of [3, 1, 4]) await jobs.add(job(n));
    await record(job(2), troubled);
    await record(job(5), ended(job(5)));

    const first = await jobs.pendingPage(undefined, 3);
    expect(first.items.map(idOf)).toEqual([jobId(1), jobId(2), jobId(3)]);
    expect(first.last).toBe(`#${jobId(3)}`);
    expect(first.items[1]).toEqual({
      jobId: jobId(2),
      label: 'run 2',
      state: 'Registered',
      version: 2,
      registeredAt: troubled.registeredAt,
      timeoutAt: troubled.timeoutAt,
      failedChecks: 1,
    });
    expect(await jobs.pendingPage(first.last, 3)).toMatchObject({ items: [{ jobId: jobId(4) }] });
  });

  it('go on after a key that is no longer there', async () => {
    await jobs.add(job(1));
    await jobs.add(job(3));
    const { items } = await jobs.pendingPage(`#${jobId(2)}`, 10);
    expect(items.map(idOf)).toEqual([jobId(3)]);
  });

  it('are none in an empty table', async () => {
    expect(await jobs.pendingPage(undefined, 10)).toEqual({ items: [] });
  });
});

describe('the jobs with an alert owed', () => {
  it('are those that ended and were not published, in key order', async () => {
    await jobs.add(job(1));
    await record(job(3), ended(job(3)));
    await record(job(2), ended(job(2)));
    await record(job(4), ended(job(4)), published(ended(job(4))));
    await record(job(5), cancel(job(5), NOW, 'somebody'));

    expect(await jobs.owedPage(undefined)).toEqual({ items: [jobId(2), jobId(3)] });
    expect(await jobs.owedPage(`#${jobId(2)}`)).toEqual({ items: [jobId(3)] });
  });
});

function idOf(entry: PendingEntry): string {
  return isPendingJob(entry) ? entry.jobId : entry.iModelId;
}

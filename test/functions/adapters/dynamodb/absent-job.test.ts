import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobStore } from '../../../../functions/adapters/dynamodb/jobs-table.ts';
import { markPublished } from '../../../../functions/core/alerts/alert.ts';
import { applyChange, type Change } from '../../../../functions/core/jobs/apply.ts';
import { type Job, owedAlerts } from '../../../../functions/core/jobs/job.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { JOBS, startDynamoDB, type TestDynamoDB } from '../support/dynamodb.ts';
import { job, REGISTERED_AT } from '../support/jobs.ts';

const NOW = REGISTERED_AT + MINUTE;
const ENDED = applyChange(job(1), { kind: 'Transition', to: 'Failed' }, NOW);

/** A change of each kind that the monitor writes. */
const CHANGES: Readonly<Record<Change['kind'], Change>> = {
  Recovered: { kind: 'Recovered' },
  Transition: { kind: 'Transition', to: 'Running' },
  Missing: { kind: 'Missing', missing: { since: NOW, count: 1 } },
  FailedCheck: { kind: 'FailedCheck', error: { name: 'Timeout', message: 'late' } },
  Limited: { kind: 'Limited', limitedAt: 1 },
  ReminderDue: { kind: 'ReminderDue' },
};

/** What the monitor may do to a job, each as name, before and after. */
const WRITES: readonly (readonly [string, Job, Job])[] = [
  ...Object.values(CHANGES).map((change) => {
    return [change.kind, job(1), applyChange(job(1), change, NOW)] as const;
  }),
  ['end', job(1), ENDED],
  ['mark of a published alert', ENDED, markPublished(ENDED, owedAlerts(ENDED), NOW)],
];

let dynamodb: TestDynamoDB;
beforeAll(async () => {
  dynamodb = await startDynamoDB(JOBS);
});
afterAll(() => dynamodb.stop());

/**
 * `UpdateItem` creates what is not there. The monitor is allowed it and not `PutItem`, so that it
 * cannot add a job; this holds only while each of its updates has a condition.
 */
describe('a job that was deleted while it was checked', () => {
  it.each(WRITES)('is not created by its %s', async (_, before, after) => {
    expect(await createJobStore(dynamodb.client, 'Jobs').update(before, after)).toBe(false);
    const { Items } = await dynamodb.client.send(new ScanCommand({ TableName: 'Jobs' }));
    expect(Items).toEqual([]);
  });
});

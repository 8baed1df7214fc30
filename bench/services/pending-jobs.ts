import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { toItem } from '../../functions/adapters/dynamodb/jobs-table.ts';
import { applyChange, newJob } from '../../functions/core/jobs/apply.ts';
import type { Job } from '../../functions/core/jobs/job.ts';
import { DAY } from '../../functions/core/time.ts';

/** The most items that one BatchWriteItem takes. */
const BATCH = 25;
const CONCURRENCY = 8;

/** The n-th job id, in key order. */
export function jobIdOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Puts so many jobs on record that upstream has been seen to run. */
export async function addPendingJobs(
  client: DynamoDBClient,
  tableName: string,
  count: number,
): Promise<void> {
  const documents = DynamoDBDocumentClient.from(client);
  const now = Date.now();
  await pMap(
    batches(count),
    (ids) =>
      documents.send(
        new BatchWriteCommand({
          RequestItems: {
            [tableName]: ids.map((id) => ({ PutRequest: { Item: toItem(runningJob(id, now)) } })),
          },
        }),
      ),
    { concurrency: CONCURRENCY },
  );
}

function* batches(count: number): Generator<string[]> {
  for (let from = 0; from < count; from += BATCH) {
    yield Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => jobIdOf(from + i));
  }
}

function runningJob(jobId: string, now: number): Job {
  const job = newJob({
    jobId,
    label: 'Tower B, nightly',
    registeredAt: now,
    registeredBy: 'arn:aws:iam::123456789012:user/pipeline',
    timeoutAt: now + DAY,
  });
  return applyChange(job, { kind: 'Transition', to: 'Running', reason: 'Not completed yet.' }, now);
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { createIModelStore } from '../../functions/adapters/dynamodb/imodels.ts';
import { toItem } from '../../functions/adapters/dynamodb/jobs-table.ts';
import { newIModel } from '../../functions/core/imodels/imodel.ts';
import { applyChange } from '../../functions/core/jobs/apply.ts';
import type { Job } from '../../functions/core/jobs/job.ts';
import { newJob } from '../../functions/core/jobs/watch.ts';
import type { IModelStore } from '../../functions/core/ports.ts';
import { DAY } from '../../functions/core/time.ts';

/** The most items that one BatchWriteItem takes. */
const BATCH = 25;
const CONCURRENCY = 8;

/** The n-th job id, in key order. */
export function jobIdOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** How many jobs are of one iModel, where they are of any. */
const RUNS = 5;

/** The n-th iModel. Every other is watched. */
function iModelIdOf(n: number): string {
  return `b0d3c9f2-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** The ids of the jobs of an iModel. */
export function runsOf(iModelId: string): string[] {
  const first = RUNS * Number.parseInt(iModelId.slice(-12), 16);
  return Array.from({ length: RUNS }, (_, n) => jobIdOf(first + n));
}

/**
 * Puts so many jobs on record that upstream has been seen to run.
 *
 * @param hasIModels whether they are of iModels, of which every other is watched
 */
export async function addPendingJobs(
  client: DynamoDBClient,
  tableName: string,
  count: number,
  hasIModels = false,
): Promise<void> {
  const documents = DynamoDBDocumentClient.from(client);
  const now = Date.now();
  if (hasIModels) await addIModels(createIModelStore(documents, tableName), count / RUNS, now);
  await pMap(
    batches(count),
    (ids) =>
      documents.send(
        new BatchWriteCommand({
          RequestItems: {
            [tableName]: ids.map((id) => ({
              PutRequest: { Item: toItem(runningJob(id, now, hasIModels)) },
            })),
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

/** Watches every other of so many iModels, each of whose runs has a job. */
async function addIModels(iModels: IModelStore, count: number, now: number): Promise<void> {
  const ids = Array.from({ length: Math.floor(count) }, (_, n) => iModelIdOf(n));
  const watched = ids.filter((_, n) => n % 2 === 0);
  const settings = { source: 'grouping-and-mapping', timeoutMinutes: 1_440 } as const;
  await pMap(
    watched,
    (iModelId) =>
      iModels.add({
        ...newIModel({ iModelId, watchedBy: 'pipeline', ...settings }, now),
        known: Object.fromEntries(runsOf(iModelId).map((id) => [id, now])),
        newestAt: now,
        allReadAt: now,
      }),
    { concurrency: CONCURRENCY },
  );
}

function runningJob(jobId: string, now: number, hasIModels: boolean): Job {
  const number = Number.parseInt(jobId.slice(-12), 16);
  const job = newJob({
    jobId,
    ...(hasIModels && {
      kind: 'grouping-and-mapping-extraction' as const,
      iModelId: iModelIdOf(Math.floor(number / RUNS)),
    }),
    label: 'Tower B, nightly',
    registeredAt: now,
    registeredBy: 'arn:aws:iam::123456789012:user/pipeline',
    timeoutAt: now + DAY,
  });
  return applyChange(job, { kind: 'Transition', to: 'Running', reason: 'Not completed yet.' }, now);
}

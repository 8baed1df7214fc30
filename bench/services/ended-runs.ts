import { createServer, type IncomingMessage } from 'node:http';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toItem } from '../../functions/adapters/dynamodb/jobs-table.ts';
import { applyChange } from '../../functions/core/jobs/apply.ts';
import { newJob } from '../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../functions/core/time.ts';
import { listenFor } from '../../local/listen.ts';
import { answering } from '../harness/program.ts';
import { jobIdOf } from './pending-jobs.ts';

/**
 * A program that stands for the index by time of end: it gives out so many runs, page by page, in the
 * wire format of DynamoDB and at once. dynalite would take longer for a page than what reads it.
 */

/** DynamoDB reads 1 MB of items for a page, whatever of them is asked for. */
const PAGE_BYTES = 1_000_000;
const GROUPS = 200;
const ENDED_AT = Date.UTC(2026, 0, 15);

answering(async ({ runs }: { readonly runs: number }) => {
  const { items, bytes } = pageOfRuns();
  const pages = Math.ceil((runs * bytes) / PAGE_BYTES);
  const perPage = Math.ceil(runs / pages);
  const server = createServer(async (request, response) => {
    const { ':from': from } = (await bodyOf(request)).ExpressionAttributeValues;
    const page = Number(/#page-(\d+) $/.exec(from?.S ?? '')?.[1] ?? 0);
    const last = { jobId: { S: 'a' }, endMonth: { S: '2026-01' } };
    const key = { ...last, endedAtJobId: { S: `2026-01-15T00:00:00.000Z#page-${page + 1}` } };
    const here = Math.min(perPage, runs - page * perPage);
    const body = JSON.stringify({
      Items: items.slice(0, here),
      Count: here,
      ...(page + 1 < pages && { LastEvaluatedKey: key }),
    });
    response.setHeader('content-type', 'application/x-amz-json-1.0').end(body);
  });
  return { url: await listenFor(server), bytes };
});

/** A page of entries as they are projected, and how large one is in the index on average. */
function pageOfRuns() {
  const entries = Array.from({ length: 5_000 }, (_, n) => entryOf(n));
  const size = entries.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
  const items = entries.map(({ indexed }) =>
    marshall({ indexed }, { removeUndefinedValues: true }),
  );
  return { items, bytes: size / entries.length };
}

function entryOf(n: number) {
  const job = newJob({
    jobId: jobIdOf(n),
    kind: 'grouping-and-mapping-extraction',
    iModelId: `b0d3c9f2-0000-4000-8000-${String(n % GROUPS).padStart(12, '0')}`,
    label: `Tower ${n % GROUPS}, nightly`,
    startedAt: ENDED_AT - HOUR,
    registeredAt: ENDED_AT - HOUR + MINUTE,
    registeredBy: 'arn:aws:iam::123456789012:user/pipeline',
    timeoutAt: ENDED_AT + DAY,
  });
  const to = n % 20 === 0 ? 'Failed' : 'Succeeded';
  const ended = applyChange(job, { kind: 'Transition', to, containsIssues: n % 7 === 0 }, ENDED_AT);
  const { jobId, endMonth, endedAtJobId, indexed } = toItem(ended);
  return { jobId, endMonth, endedAtJobId, indexed: { ...indexed, runLength: (n % 500) * MINUTE } };
}

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  };
}

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMeter, type Meter } from '../../../bench/units/meter.ts';
import { createIModelStore } from '../../../functions/adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { createStatisticsStore } from '../../../functions/adapters/dynamodb/statistics.ts';
import { listIModels, watchIModel } from '../../../functions/api/use-cases/imodels.ts';
import { cancelJob, changeJob, getJob } from '../../../functions/api/use-cases/jobs.ts';
import { listJobs } from '../../../functions/api/use-cases/list-jobs.ts';
import { registerJob } from '../../../functions/api/use-cases/register-jobs.ts';
import { getStatistics } from '../../../functions/api/use-cases/statistics.ts';
import { applyChange } from '../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../functions/core/jobs/job.ts';
import { DEFAULT_KIND } from '../../../functions/core/kinds/kinds.ts';
import { uncounted, withRuns } from '../../../functions/core/statistics/months.ts';
import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../local/dynamodb/embedded-dynamodb.ts';
import { tablesOf } from '../../../local/dynamodb/tables.ts';
import { synthesisOfStack } from '../../../local/synthesis.ts';

const NOW = Date.UTC(2026, 1, 10, 12);

let tables: EmbeddedDynamoDb;
let meter: Meter;

beforeAll(async () => {
  const { template } = await synthesisOfStack();
  tables = await startEmbeddedDynamoDb({ template });
  meter = createMeter(tables.url, tablesOf(template));
});
afterAll(async () => {
  meter.close();
  await tables.close();
});

function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

it('requests of the API take as many units as docs/api.md tells', async () => {
  const jobs = createListableJobStore(meter.documents, 'Jobs');
  const iModels = createIModelStore(meter.documents, 'Jobs');
  const time = { now: () => NOW, timeout: (ms: number) => AbortSignal.timeout(ms) };
  const taken: Record<string, { readUnits: number; writeUnits: number }> = {};
  const measure = async (what: string, request: () => Promise<unknown>) => {
    meter.read();
    await request();
    const { readUnits, writeUnits } = meter.read();
    taken[what] = { readUnits, writeUnits };
  };
  const register = (n: number) =>
    registerJob(
      { jobs, time },
      {
        kind: DEFAULT_KIND,
        jobId: idOf(n),
        label: 'Tower B, nightly',
        timeoutMinutes: 1_440,
        named: [],
        registeredBy: 'arn:aws:iam::123456789012:user/ada',
      },
    );
  await measure('register', () => register(0));
  await measure('register again', () => register(0));
  for (let n = 1; n < 100; n += 1) {
    await register(n);
    const job = await jobs.get(idOf(n));
    const change = { kind: 'Transition', to: 'Running', reason: 'Not completed yet.' } as const;
    if (job) await jobs.update(job, applyChange(job, change, NOW));
  }
  await measure('look up', () => getJob({ jobs }, idOf(1)));
  await measure('list 100', () => listJobs({ jobs, time }, { limit: 100 }));
  await measure('list 20', () => listJobs({ jobs, time }, { limit: 20 }));
  await measure('change', () => changeJob({ jobs, time }, idOf(3), { label: 'Tower C' }));
  await measure('cancel', () => cancelJob({ jobs, time }, idOf(2), 'ada'));
  const watch = (n: number, label: string) =>
    watchIModel(
      { iModels, time },
      {
        iModelId: idOf(n),
        label,
        source: 'grouping-and-mapping',
        timeoutMinutes: 1_440,
        watchedBy: 'arn:aws:iam::123456789012:user/ada',
      },
    );
  await measure('watch', () => watch(0, 'Harbour'));
  await measure('watch again', () => watch(0, 'Harbour'));
  await measure('change a watch', () => watch(0, 'Bridge'));
  for (let n = 1; n < 10; n += 1) await watch(n, 'Harbour');
  await measure('list 10 iModels', () => listIModels({ iModels, time }));
  const statistics = createStatisticsStore(meter.documents, {
    jobsTable: 'Jobs',
    checkpointTable: 'Checkpoint',
  });
  const count = (from: string, to: string) => () =>
    getStatistics(
      { statistics, time },
      { from: Date.parse(from), to: Date.parse(to), groupBy: 'label' },
    );
  for (let n = 3; n < 100; n += 1) {
    const job = (await jobs.get(idOf(n))) as Job;
    const change = { kind: 'Transition', to: 'Succeeded', containsIssues: false } as const;
    await jobs.update(job, applyChange(job, change, NOW));
  }
  await measure('count 98', count('2026-02-01', '2026-02-20'));
  const runs = Array.from({ length: 1_000 }, (_, n) => ({
    ...{ jobId: idOf(n), state: 'Succeeded', label: `Tower ${n % 30}`, iModelId: idOf(n % 30) },
    runLength: n * 1_000,
  }));
  await statistics.keep(withRuns(uncounted('2026-01'), runs, undefined));
  await measure('a month that is kept', count('2026-01-01', '2026-02-01'));
  expect(taken).toEqual({
    register: { readUnits: 0, writeUnits: 3 },
    'register again': { readUnits: 1, writeUnits: 1 },
    'look up': { readUnits: 1, writeUnits: 0 },
    // The keys; the jobs themselves, half a unit each, are read in a batch, which the meter leaves out.
    'list 100': { readUnits: 3.5, writeUnits: 0 },
    'list 20': { readUnits: 1, writeUnits: 0 },
    change: { readUnits: 1, writeUnits: 3 },
    cancel: { readUnits: 1, writeUnits: 4 },
    watch: { readUnits: 1.5, writeUnits: 3 },
    'watch again': { readUnits: 1, writeUnits: 0 },
    'change a watch': { readUnits: 1, writeUnits: 3 },
    'list 10 iModels': { readUnits: 0.5, writeUnits: 0 },
    'count 98': { readUnits: 5, writeUnits: 0 },
    'a month that is kept': { readUnits: 1, writeUnits: 0 },
  });
});

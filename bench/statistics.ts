/** What `GET /statistics` takes of a month with many runs, above the time of DynamoDB. */
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createStatisticsStore } from '../functions/adapters/dynamodb/statistics.ts';
import { systemTime } from '../functions/adapters/lambda/runtime.ts';
import { getStatistics } from '../functions/api/use-cases/statistics.ts';
import { runsIn, totalOf } from '../functions/core/statistics/figures.ts';
import { type Finding, report } from './harness/finding.ts';
import { startProgram } from './harness/program.ts';
import { usageOf } from './harness/usage.ts';

const MOST_MS = 5_000;
/** Bytes of half a read unit: a read of an index is never consistent. */
const HALF_UNIT = 4_096;
const USAGE = 'npm run bench:statistics -- [--runs <how many ended in the month>]';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' } } });
const most = Number(values.runs);
if (!Number.isInteger(most) || most < 10) {
  console.error(`Usage: ${USAGE}`);
  process.exit(2);
}

const findings = [await measure(most / 10), await measure(most)];
report(findings);

async function measure(runs: number): Promise<Finding> {
  const index = startProgram<{ runs: number }, { url: string; bytes: number }>(
    new URL('./services/ended-runs.ts', import.meta.url),
  );
  const { url, bytes } = await index.ask({ runs });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: url, region: 'local', credentials });
  const tables = { jobsTable: 'Jobs', checkpointTable: 'Checkpoint' };
  const store = createStatisticsStore(DynamoDBDocumentClient.from(client), tables);
  let heap = 0;
  const statistics: typeof store = {
    ...store,
    async endedPage(...asked) {
      heap = Math.max(heap, process.memoryUsage().heapUsed);
      return store.endedPage(...asked);
    },
  };
  let counted = 0;
  const { time, cpu } = await usageOf(async () => {
    // Not to its end: a whole month would come from its kept figures.
    const span = {
      from: Date.UTC(2026, 0, 1),
      to: Date.UTC(2026, 0, 31),
      groupBy: 'label',
    } as const;
    counted = runsIn(totalOf(await getStatistics({ statistics, time: systemTime }, span)));
  });
  client.destroy();
  await index.stop();
  const units = (runs * bytes) / HALF_UNIT / 2;
  return {
    what: `figures of a month with ${runs.toLocaleString('en')} runs`,
    target: { text: `at most ${MOST_MS / 1_000} s`, isMet: counted === runs && time <= MOST_MS },
    measured:
      `${(time / 1_000).toFixed(2)} s, ${(cpu / 1_000).toFixed(2)} s of CPU, heap of at most ` +
      `${Math.round(heap / 1e6)} MB; ${Math.round(units).toLocaleString('en')} read units`,
  };
}

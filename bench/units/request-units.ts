import { tablesOf } from '../../local/dynamodb/tables.ts';
import { synthesisOfStack } from '../../local/synthesis.ts';
import { type Finding, times } from '../harness/finding.ts';
import { createStampEachCheck, STAMPED_JOBS } from '../peers/stamp-each-check.ts';
import { BUDGET } from '../services/function-environment.ts';
import { type Life, live, sweepUnchanged } from './life.ts';
import type { Consumption } from './meter.ts';
import { createProduct } from './product.ts';

/** Jobs that are registered together, how often each is checked until its end, and a full sweep. */
const WHOLE = { jobs: 100, checks: 30, pending: BUDGET };
const QUICK = { jobs: 5, checks: 5, pending: 100 };
type Plan = typeof WHOLE;

const MOST_READS = 0.05;

/** What is asked of DynamoDB, and what that takes, against the usual design. */
export async function requestUnits(isQuick: boolean): Promise<readonly Finding[]> {
  const plan = isQuick ? QUICK : WHOLE;
  const { template } = await synthesisOfStack();
  const product = { createDesign: createProduct, tables: tablesOf(template) };
  const peer = { createDesign: createStampEachCheck, tables: [STAMPED_JOBS] };
  const ours = await live(product, plan);
  const theirs = await live(peer, plan);
  return [
    ...ofUnchangedChecks(await sweepUnchanged(product, plan.pending), theirs.unchanged, plan),
    ...ofRegistrations(ours, theirs, plan),
    ofLife(ours.whole, theirs.whole, plan),
  ];
}

function ofUnchangedChecks(
  { requests, readUnits }: Consumption,
  theirs: Consumption,
  { jobs, pending }: Plan,
): readonly Finding[] {
  const writes = requests.filter((request) => request.startsWith('PutItem')).join(', ');
  const reads = readUnits / pending;
  return [
    {
      what: 'DynamoDB writes per unchanged check',
      target: {
        text: '0; two checkpoint writes a sweep',
        isMet: writes === 'PutItem Checkpoint, PutItem Checkpoint',
      },
      measured: `0; ${writes} in a sweep of ${pending} checks (usual: ${theirs.writeUnits / jobs} unit a check)`,
    },
    {
      what: `DynamoDB read units per unchanged check, ${pending} pending`,
      target: { text: `at most ${MOST_READS}`, isMet: reads <= MOST_READS },
      measured: `${reads.toFixed(3)} (usual: ${(theirs.readUnits / jobs).toFixed(3)})`,
    },
  ];
}

function ofRegistrations(ours: Life, theirs: Life, { jobs }: Plan): readonly Finding[] {
  const { requests, writeUnits } = ours.registrations;
  const repeated = ours.repetition.requests.join(', ');
  const theirUnits = theirs.registrations.writeUnits / jobs;
  return [
    {
      what: 'registration',
      target: {
        text: 'one write, no read',
        isMet: requests.length === jobs && requests.every((request) => request === 'PutItem Jobs'),
      },
      measured: `PutItem Jobs, ${writeUnits / jobs} units with its two indexes (usual, without any: ${theirUnits})`,
    },
    {
      what: 'registration of a known job',
      target: { text: 'one read more', isMet: repeated === 'PutItem Jobs, GetItem Jobs' },
      measured: repeated,
    },
  ];
}

function ofLife(ours: Consumption, theirs: Consumption, { jobs, checks }: Plan): Finding {
  const perJob = ({ writeUnits, readUnits }: Consumption) =>
    `${(writeUnits / jobs).toFixed(1)} write and ${(readUnits / jobs).toFixed(1)} read units`;
  return {
    what: `DynamoDB units in the life of a job, ${checks} checks, ${jobs} pending`,
    measured: `${perJob(ours)} (usual: ${perJob(theirs)}; ${times(ours.writeUnits / theirs.writeUnits)} the writes)`,
  };
}

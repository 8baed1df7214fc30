import { tablesOf } from '../../local/dynamodb/tables.ts';
import type { CloudFormationTemplate } from '../../local/template.ts';
import { createStampEachCheck, STAMPED_JOBS } from '../peers/stamp-each-check.ts';
import { live, sweepUnchanged } from '../units/life.ts';
import type { Consumption } from '../units/meter.ts';
import { createProduct } from '../units/product.ts';
import type { Staging } from '../units/scene.ts';

/** What a design asks of DynamoDB, in request units, index writes included. */
export interface Units {
  /** For each sweep, whatever it checks. */
  readonly sweep: ReadsAndWrites;
  /** For each check that finds nothing new. */
  readonly check: ReadsAndWrites;
  /** Once for each run: its registration, its changes of state, its alert. */
  readonly run: ReadsAndWrites;
}

interface ReadsAndWrites {
  readonly readUnit: number;
  readonly writeUnit: number;
}

const FEW = 100;
const MANY = 1_100;
const CHECKS = 4;

/**
 * What this design asks of DynamoDB: its own sweeps and registrations, on dynalite.
 *
 * @param lives how many jobs are followed from their registration to their end
 */
export async function measureProduct(
  template: CloudFormationTemplate,
  lives: number,
): Promise<Units> {
  const staging: Staging = { createDesign: createProduct, tables: tablesOf(template) };
  const few = of(await sweepUnchanged(staging, FEW));
  const many = of(await sweepUnchanged(staging, MANY));
  const check = combine(few, many, (a, b) => (b - a) / (MANY - FEW));
  const sweep = combine(few, check, (a, b) => a - FEW * b);
  return { sweep, check, run: await runOf(staging, { lives, sweep, check }) };
}

/** What the usual poller asks of it, that scans for pending jobs and writes to each for each check. */
export async function measureStampingPoller(lives: number): Promise<Units> {
  const staging: Staging = { createDesign: createStampEachCheck, tables: [STAMPED_JOBS] };
  const sweep = { readUnit: 0, writeUnit: 0 };
  const { unchanged } = await live(staging, { jobs: lives, checks: CHECKS });
  const check = combine(of(unchanged), sweep, (a) => a / lives);
  return { sweep, check, run: await runOf(staging, { lives, sweep, check }) };
}

/** What is left of the units of whole lives without their sweeps and checks. */
async function runOf(
  staging: Staging,
  { lives, sweep, check }: { readonly lives: number } & Omit<Units, 'run'>,
): Promise<ReadsAndWrites> {
  const { whole } = await live(staging, { jobs: lives, checks: CHECKS });
  const perSweep = combine(sweep, check, (a, b) => a + lives * b);
  return combine(of(whole), perSweep, (a, b) => Math.max(0, a - CHECKS * b) / lives);
}

function of({ readUnits, writeUnits }: Consumption): ReadsAndWrites {
  return { readUnit: readUnits, writeUnit: writeUnits };
}

function combine(
  a: ReadsAndWrites,
  b: ReadsAndWrites,
  how: (a: number, b: number) => number,
): ReadsAndWrites {
  return { readUnit: how(a.readUnit, b.readUnit), writeUnit: how(a.writeUnit, b.writeUnit) };
}

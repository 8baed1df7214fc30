import { tablesOf } from '../../local/dynamodb/tables.ts';
import { synthesisOfStack } from '../../local/synthesis.ts';
import { atMost, type Finding, times } from '../harness/finding.ts';
import { startProgram } from '../harness/program.ts';
import { interleaved, medianRatio, quantile } from '../harness/rounds.ts';
import { functionEnvironment } from '../services/function-environment.ts';
import { type Services, startServices } from '../services/services.ts';
import { createMeter } from '../units/meter.ts';
import { createProduct } from '../units/product.ts';
import type { SweepUsage } from './monitor-function.ts';

/** Sweeps of one process; the last one counts, when Node has compiled most of it. */
const SWEEPS = 4;

const MOST = 1.2;

/** What a sweep takes with so many jobs pending. */
interface Scale {
  readonly jobs: number;
  readonly readUnits: number;
  /** Round by round. */
  readonly usages: readonly SweepUsage[];
}

/**
 * What a sweep with its whole budget takes with more and more jobs pending, against the first number
 * of jobs. Each number has a dynalite of its own, each round a fresh process of the function.
 *
 * @param entry the bundle of the monitor function
 * @param numbers of pending jobs
 * @param hasIModels whether half of the jobs are in lists of watched iModels, five in each
 */
export async function sweepScale(
  entry: string,
  numbers: readonly number[],
  { rounds, hasIModels }: { readonly rounds: number; readonly hasIModels: boolean },
): Promise<readonly Finding[]> {
  const around: { jobs: number; services: Services; readUnits: number }[] = [];
  for (const jobs of numbers) {
    const services = await startServices(jobs, hasIModels);
    // The first sweep of all: there is no checkpoint yet, and so all of the budget.
    around.push({ jobs, services, readUnits: await readUnitsOf(services) });
  }
  const usages = await interleaved(
    rounds,
    Object.fromEntries(around.map(({ jobs, services }) => [jobs, () => sweep(entry, services)])),
  );
  for (const { services } of around) await services.stop();

  const scales = around.map((each): Scale => ({ ...each, usages: usages[each.jobs] ?? [] }));
  const [baseline, ...others] = scales;
  return baseline ? others.flatMap((scale) => compare(scale, baseline)) : [];
}

/** What a sweep reads, counted in this process. */
async function readUnitsOf({ dynamoDbUrl }: Services): Promise<number> {
  const { template } = await synthesisOfStack();
  const meter = createMeter(dynamoDbUrl, tablesOf(template));
  const { documents } = meter;
  const product = createProduct({ documents, upstreamState: () => 'Running', now: Date.now });
  await product.sweep();
  meter.close();
  return meter.read().readUnits;
}

async function sweep(entry: string, services: Services): Promise<SweepUsage> {
  const monitor = startProgram<{ entry: string }, SweepUsage>(
    new URL('./monitor-function.ts', import.meta.url),
    { env: functionEnvironment({ ...services, concurrency: 50 }) },
  );
  for (let n = 1; n < SWEEPS; n += 1) await monitor.ask({ entry });
  const usage = await monitor.ask({ entry });
  await monitor.stop();
  return usage;
}

function compare(scale: Scale, baseline: Scale): readonly Finding[] {
  const finding = (what: string, unit: string, of: (scale: Scale) => readonly number[]) => {
    const ratio = medianRatio(of(scale), of(baseline));
    const medians = [scale, baseline].map((each) => quantile(of(each), 0.5).toFixed(0));
    return {
      what: `${what} of a sweep, ${scale.jobs} pending`,
      target: atMost(MOST, ratio, `with ${baseline.jobs}`),
      measured: `${times(ratio)} (${medians.join(' : ')} ${unit})`,
    };
  };
  return [
    finding('time', 'ms', ({ usages }) => usages.map(({ time }) => time)),
    finding('CPU', 'ms', ({ usages }) => usages.map(({ cpu }) => cpu)),
    finding('peak memory', 'MB', ({ usages }) => usages.map(({ peakMemory }) => peakMemory / 1e6)),
    finding('reads', 'units', ({ readUnits }) => [readUnits]),
  ];
}

import { statSync } from 'node:fs';
import { atMost, type Finding, times } from '../harness/finding.ts';
import { startProgram } from '../harness/program.ts';
import { interleaved, medianRatio, quantile } from '../harness/rounds.ts';
import type { Usage } from '../harness/usage.ts';
import { functionEnvironment } from '../services/function-environment.ts';
import type { BundleName, Bundles } from './bundles.ts';

const MOST_SIZE = 1.6;
const MOST_LOAD = 1.3;
/** One load differs much from the next: medians of 21 ratios were 1.22 and 1.31 of the same bundle. */
const ROUNDS = 41;

/** The services are only named: to load a function asks nothing of them. */
const ENVIRONMENT = functionEnvironment({
  dynamoDbUrl: 'http://127.0.0.1:1',
  upstreamUrl: 'http://127.0.0.1:1',
  concurrency: 50,
});

/**
 * Size of the functions, and the CPU it takes to load them, against bundles of only the SDK clients
 * that they need. Each is loaded by a process of its own, with the options of the deployed function.
 */
export async function weight({ files }: Bundles, isQuick: boolean): Promise<readonly Finding[]> {
  const usages = await interleaved(isQuick ? 1 : ROUNDS, {
    api: () => load(files.api),
    apiClients: () => load(files.apiClients),
    monitor: () => load(files.monitor),
    monitorClients: () => load(files.monitorClients),
  });
  const sizeOf = (name: BundleName) => statSync(files[name]).size;
  const bundleOf = (name: keyof typeof usages): Bundle => ({
    size: sizeOf(name),
    loads: usages[name].map(({ cpu }) => cpu),
  });
  return [
    ...compare('api', bundleOf('api'), bundleOf('apiClients')),
    ...compare('monitor', bundleOf('monitor'), bundleOf('monitorClients')),
    {
      what: "size of a bundle of undici's `request` alone",
      measured: `${kilobytes(sizeOf('httpClient'))} kB`,
    },
  ];
}

/** Size in bytes, and the CPU (ms) of each load. */
interface Bundle {
  readonly size: number;
  readonly loads: readonly number[];
}

async function load(file: URL): Promise<Usage> {
  const program = startProgram<{ entry: string }, Usage>(
    new URL('./import-bundle.ts', import.meta.url),
    { env: ENVIRONMENT, nodeOptions: ['--enable-source-maps'] },
  );
  const usage = await program.ask({ entry: file.href });
  await program.stop();
  return usage;
}

function compare(name: string, ours: Bundle, clients: Bundle): readonly Finding[] {
  const sizes = ours.size / clients.size;
  const loads = medianRatio(ours.loads, clients.loads);
  return [
    {
      what: `size of the ${name} bundle`,
      target: atMost(MOST_SIZE, sizes, 'its SDK clients'),
      measured: `${times(sizes)} (${kilobytes(ours.size)} : ${kilobytes(clients.size)} kB)`,
    },
    {
      what: `cold init of the ${name} bundle`,
      target: atMost(MOST_LOAD, loads, 'its SDK clients'),
      measured: `${times(loads)} (${cpu(ours)} : ${cpu(clients)} ms of CPU)`,
    },
  ];
}

function kilobytes(size: number): number {
  return Math.round(size / 1_000);
}

function cpu({ loads }: Bundle): number {
  return Math.round(quantile(loads, 0.5));
}

import { answering } from '../../bench/harness/program.ts';
import type { Failure } from './batch.ts';
import { importPatched } from './import-patched.ts';
import type { Sabotage } from './sabotages.ts';

const BATCH = new URL('./batch.ts', import.meta.url);

// Nobody looks at where the errors come from that are thrown on purpose by the thousand.
Error.stackTraceLimit = 0;

/** What the simulation says of the product with one sabotage after the other in it. */
answering(async (sabotage: Sabotage): Promise<Failure | null> => {
  const { runBatch } = await importPatched<typeof import('./batch.ts')>(BATCH, sabotage);
  const { seed: firstSeed = 1, runs = 30 } = sabotage;
  return (await runBatch({ firstSeed, runs })).failure ?? null;
});

import { parseArgs } from 'node:util';
import { MINUTE, SECOND } from '../../functions/core/time.ts';
import { type Failure, runInProcesses } from './batch.ts';
import { createPlan } from './plan/plan.ts';
import { progressOf, reportOf } from './report.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './story.ts';
import type { Total } from './total.ts';

const USAGE =
  'npm run simulate -- [--runs <how many>] [--seed <of the first run>] ' +
  '[--processes <how many>] [--plain]';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string' },
    processes: { type: 'string', default: '1' },
    /** Tells a failure as it was, without looking for a shorter one. */
    plain: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const processes = Number(values.processes);
const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const isUsable = [runs, processes].every((count) => Number.isInteger(count) && count >= 1);
if (!isUsable || !Number.isInteger(firstSeed)) {
  console.error(`Usage: ${USAGE}`);
  process.exit(2);
}

const startedAt = performance.now();
const secondsSinceStart = () => (performance.now() - startedAt) / SECOND;
let toldAt = 0;

/** Every half minute, so that a log of hours can still be read. */
function onProgress(total: Total): void {
  if (secondsSinceStart() - toldAt < MINUTE / 2 / SECOND) return;
  toldAt = secondsSinceStart();
  console.error(progressOf(total, runs, toldAt));
}

async function tellFailure({ seed, violation }: Failure): Promise<void> {
  console.error(`Seed ${seed}: ${violation.invariant}: ${violation.what}`);
  const plan = createPlan(seed);
  console.log(await storyOf(values.plain ? plan : await shrink(plan, violation)));
  console.log(`\nRun ${seed - firstSeed + 1} failed: ${violation.invariant}: ${violation.what}`);
  console.log(`Replay it with: npm run simulate -- --seed ${seed} --runs 1\n`);
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());

const watching = { onProgress, signal: interrupted.signal };
const { total, failure } = await runInProcesses({ firstSeed, runs }, processes, watching);
const seconds = secondsSinceStart();
if (failure) await tellFailure(failure);
console.log(reportOf(total, { firstSeed, processes, seconds, violations: failure ? 1 : 0 }));
// Whoever stopped it before its end must not take it for the whole.
if (failure || total.runs < runs) process.exitCode = 1;

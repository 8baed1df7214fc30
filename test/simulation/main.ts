import { parseArgs } from 'node:util';
import { createPlan } from './plan.ts';
import { addUp, reportOf } from './report.ts';
import { runPlan } from './run.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './story.ts';

const USAGE = 'npm run simulate -- [--runs <how many>] [--seed <of the first run>] [--plain]';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string' },
    /** Tells a failure as it was, without looking for a shorter one. */
    plain: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(firstSeed)) {
  console.error(`Usage: ${USAGE}`);
  process.exit(2);
}

const total = addUp();
const startedAt = performance.now();
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const plan = createPlan(seed);
  const { figures, violation } = await runPlan(plan);
  total.add(figures);
  if (violation === undefined) continue;
  console.log(await storyOf(values.plain ? plan : await shrink(plan, violation)));
  console.log(`\nRun ${seed - firstSeed + 1} failed: ${violation.invariant}: ${violation.what}`);
  console.log(`Replay it with: npm run simulate -- --seed ${seed} --runs 1`);
  process.exitCode = 1;
  break;
}
console.log(reportOf(total, { firstSeed, seconds: (performance.now() - startedAt) / 1_000 }));

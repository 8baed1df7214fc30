import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batchTable } from './batch.ts';
import { measureLoads } from './delay-by-load.ts';
import { boundTable, delayFigure, delayTable, overloadFigure } from './delay-report.ts';
import { changeTable, learningTable, wrongTable } from './learning.ts';
import { roomTable } from './room.ts';

const { values } = parseArgs({
  options: {
    /** Only shows that it runs: few jobs, and no figure is written unless `--out` says where. */
    quick: { type: 'boolean', default: false },
    /** Where the figures go. */
    out: { type: 'string' },
  },
});
const out = values.out ?? (values.quick ? undefined : 'docs/performance');
const budget = values.quick ? 20 : 5_000;
const loads = values.quick
  ? [10, 60]
  : [10, 100, 1_000, 5_000, 6_000, 7_500, 10_000, 15_000, 25_000, 50_000, 100_000];

const results = measureLoads({ budget, loads, ends: values.quick ? 50 : 1_000 });
console.log(
  `## Mean delay, in minutes, with a budget of ${budget.toLocaleString('en')} a minute\n`,
);
for (const [{ name, meaning }, rows] of results) {
  console.log(`**${name}** (${meaning})\n\n${delayTable(rows, budget)}\n`);
}
console.log(`## Bounds\n\n${boundTable(results, budget)}\n`);

const room = values.quick ? { budget: 60, ends: 20 } : { budget: 600, ends: 3_000 };
console.log(`## With room in the budget (alike, ${room.budget} a minute)\n\n${roomTable(room)}\n`);
const batch = values.quick
  ? { budget: 10, running: 200, minutes: 60, samples: 500 }
  : { budget: 500, running: 10_000, minutes: 600, samples: 50_000 };
console.log(
  `## Watched iModels, in minutes (${batch.running / batch.budget} times as many runs as budget)\n\n${batchTable(batch)}\n`,
);

const settings = values.quick
  ? { budget: 100, running: 300, minutes: 30, tries: 1 }
  : { budget: 1_000, running: 3_000, minutes: 120, tries: 5 };
const load = `${settings.running / settings.budget} times the budget; 1 is round robin`;
console.log(`## Learned from so many ended runs (${load})\n\n${learningTable(settings)}\n`);
console.log(`## With the wrong table (${load})\n\n${wrongTable(settings)}\n`);
console.log(`## Ended runs since the runs changed (${load})\n\n${changeTable(settings)}`);

if (out !== undefined) {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'detection-delay.svg'), delayFigure(results, budget));
  await writeFile(join(out, 'detection-delay-overload.svg'), overloadFigure(results, budget));
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesisOfStack } from '../../local/synthesis.ts';
import type { Load } from './bill.ts';
import { ownDesign, ownDesignBare, PEERS, soonerDesign, stampingPoller } from './designs.ts';
import { measureProduct, measureStampingPoller } from './measure.ts';
import {
  breakEvenTable,
  costFigure,
  costTable,
  priceTable,
  quantitiesTable,
  ratioTable,
  soonerTable,
} from './report.ts';

const { values } = parseArgs({
  options: {
    /** Where the figure goes. */
    out: { type: 'string', default: 'docs/performance' },
    /** Few runs are followed: only to see that everything works. */
    quick: { type: 'boolean', default: false },
  },
});

const LOADS: readonly Load[] = [10, 100, 1_000, 10_000, 100_000].map((pending) => ({
  pending,
  runMinutes: 60,
}));

const { template } = await synthesisOfStack();
const lives = values.quick ? 5 : 100;
const units = await measureProduct(template, lives);
const own = ownDesign(template, units);
const bare = ownDesignBare(template, units);
const peers = [...PEERS, stampingPoller(await measureStampingPoller(lives))];
const designs = [own, bare, ...peers];

console.log(
  `## Dollars for a million checks\n\n${costTable(designs, LOADS, 'perMillionChecks')}\n`,
);
console.log(`## How many times as much as this design\n\n${ratioTable(own, peers, LOADS)}\n`);
console.log(`## The same against this design, bare\n\n${ratioTable(bare, peers, LOADS)}\n`);
console.log(`## From how many pending jobs on\n\n${breakEvenTable([own, bare], peers)}\n`);
console.log(
  `## Dollars for 1,000 runs of an hour\n\n${costTable(designs, LOADS, 'perThousandRuns')}\n`,
);
console.log(`## Dollars a month\n\n${costTable(designs, LOADS, 'perMonth')}\n`);
console.log(
  `## Dollars a month beyond what is always free\n\n${costTable(designs, LOADS, 'perMonthBeyondFree')}\n`,
);
console.log(
  `## Dollars a month with 10 jobs pending, by hours a day\n\n${soonerTable(own, (hours) => soonerDesign(template, units, hours))}\n`,
);
console.log(`## What this design uses\n\n${quantitiesTable('a month', own.monthly)}\n`);
console.log(`${quantitiesTable('a check', own.perCheck({ pending: 1_000, runMinutes: 60 }))}\n`);
console.log(`${quantitiesTable('a run', own.perRun)}\n`);
console.log(`## Prices\n\n${priceTable()}`);

await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, 'cost.svg'), costFigure(designs, LOADS));

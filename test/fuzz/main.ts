import { parseArgs } from 'node:util';
import { fuzzApi } from './fuzz-api.ts';
import { fuzzUpstream } from './fuzz-upstream.ts';
import { createTally } from './tally.ts';

const { values } = parseArgs({
  options: {
    /** Requests to the API, and as many answers of upstream. */
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string' },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error('Usage: npm run fuzz -- [--runs <how many>] [--seed <whole number>]');
  process.exit(2);
}

const ENGLISH = new Intl.NumberFormat('en');
console.log(`${ENGLISH.format(runs)} requests and ${ENGLISH.format(runs)} answers, seed ${seed}`);
const FUZZED = [
  ['a request to the API', fuzzApi],
  ['an answer of the endpoint of', fuzzUpstream],
] as const;
for (const [what, fuzz] of FUZZED) {
  const tally = createTally();
  const startedAt = performance.now();
  await fuzz({ runs, seed }, tally);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`\n${tally.report(what)}\n\nNothing wrong in ${seconds} s.`);
}

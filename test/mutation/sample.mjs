import { globSync, readFileSync } from 'node:fs';
import { createRandom } from '../simulation/random.ts';
import { base } from './base.mjs';

/** So many pieces of the code, of so many lines each, have some 300 mutants. */
const PIECES = 45;
const LINES = 12;

// The start of the program is met by a process of its own alone, which knows of no mutants.
const files = globSync('{functions/{adapters,api},cli}/**/*.ts', {
  exclude: ['cli/main.ts'],
}).sort();
const places = files.flatMap((file) => {
  const { length } = readFileSync(file, 'utf8').split('\n');
  return Array.from({ length }, (_, line) => `${file}:${line + 1}-${line + LINES}`);
});
const random = createRandom(Number(process.env.SEED ?? 1));

/** All else: a sample, of other places with another `SEED`, judged by the tests that start no process. */
export default {
  ...base,
  mutate: Array.from({ length: PIECES }, () => random.pick(places)),
  // A time zone can only be set for a process, and tests of the command line do.
  vitest: { configFile: 'test/mutation/sample.vitest.config.ts', pool: 'forks' },
  incremental: false,
  jsonReporter: { fileName: 'reports/mutation/sample.json' },
  htmlReporter: { fileName: 'reports/mutation/sample.html' },
};

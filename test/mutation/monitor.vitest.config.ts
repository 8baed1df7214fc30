import { configDefaults, defineConfig } from 'vitest/config';
import { QuickestFirst } from './quickest-first.ts';

/** Tests of the sweep that wait by a clock on the wall: a mutant that nobody notices would take minutes. */
const WAITING = [
  'alerts/names',
  'alerts/unread-logs',
  'checks/answers-5xx',
  'upstream/token-endpoint',
];

export default defineConfig({
  test: {
    include: ['test/functions/monitor/**/*.test.ts', 'test/mutation/seeds.ts'],
    exclude: [
      ...configDefaults.exclude,
      ...WAITING.map((name) => `test/functions/monitor/${name}.test.ts`),
    ],
    testTimeout: 30_000,
    // One worker for all files of a mutant: there are thousands of mutants.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
  },
});

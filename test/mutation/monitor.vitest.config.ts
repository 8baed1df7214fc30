import { defineConfig } from 'vitest/config';
import { QuickestFirst } from './quickest-first.ts';

/** What tests of the sweep without engines there are outside `in-memory`, and the one of its handler. */
const QUICK = [
  'checks/check',
  'checks/check-limit',
  'checks/cursor',
  'handler',
  'metrics',
  'settings',
  'upstream/record-pause',
  'upstream/tokens',
  'upstream/upstream',
];

export default defineConfig({
  test: {
    include: [
      'test/functions/monitor/in-memory/*.test.ts',
      ...QUICK.map((name) => `test/functions/monitor/${name}.test.ts`),
      'test/mutation/seeds.ts',
    ],
    testTimeout: 30_000,
    // One worker for all files of a mutant: there are thousands of mutants.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
  },
});

import { defineConfig } from 'vitest/config';
import { QuickestFirst } from './quickest-first.ts';

export default defineConfig({
  test: {
    include: ['test/functions/core/**/*.test.ts'],
    testTimeout: 30_000,
    // One worker for all files of a mutant: there are thousands of mutants.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
  },
});

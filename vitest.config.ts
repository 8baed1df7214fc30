import { configDefaults, defineConfig } from 'vitest/config';

/** Documented commands, benchmarks, kills, the emulator, long simulations, and checks that are themselves checked. */
const SLOW = [
  'test/bench/**/main.test.ts',
  'test/docs/commands.test.ts',
  'test/local/kill.test.ts',
  'test/rehearsal/rehearsal.test.ts',
  'test/simulation/*.test.ts',
  'test/tooling/**/*.test.ts',
];

/** What starts processes, bundles, or is a whole local run: it waits more than it computes. */
const SYSTEM = [
  'test/bin/**/*.test.ts',
  'test/cli/extraction-monitor.test.ts',
  'test/lib/**/*.test.ts',
  'test/local/**/*.test.ts',
  'test/rehearsal/**/*.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ['test/tooling/support/cpu-of-file.ts'],
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SYSTEM, ...SLOW],
          pool: 'threads',
          // Engines, the CDK and the SDK are loaded once a worker, not once a file.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SYSTEM,
          exclude: [...configDefaults.exclude, ...SLOW],
          pool: 'forks',
        },
      },
      { extends: true, test: { name: 'slow', include: SLOW, pool: 'forks' } },
    ],
  },
});

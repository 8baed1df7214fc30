import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/tooling/support/longest-first.ts';

// Workers, and the processes that tests start, all load the same: the first of them compiles it for the others.
process.env.NODE_COMPILE_CACHE ||= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

/** Documented commands, benchmarks, kills, the emulator, what runs for long, and checks of other tools. */
const SLOW = [
  'test/bench/**/*.test.ts',
  'test/cases/sick-runs.test.ts',
  'test/cli/package.test.ts',
  'test/docs/{commands,snippets}.test.ts',
  'test/lib/{cfn-lint,validation}.test.ts',
  'test/local/{kill,memory,mail/subscribers}.test.ts',
  'test/page/*.test.ts',
  'test/rehearsal/rehearsal.test.ts',
  'test/simulation/*.test.ts',
  'test/tooling/**/*.test.ts',
];

/** What starts processes, bundles, waits by a clock on the wall, or tries the whole over HTTP. */
const SYSTEM = [
  'test/{bin,cases,cli,fuzz,lib,local,rehearsal}/**/*.test.ts',
  'test/functions/batches-during-sweeps.test.ts',
  'test/functions/api/lone-process.test.ts',
  'test/functions/adapters/dynamodb/jobs-by-month.test.ts',
  'test/functions/api/routes/subscriptions.races.test.ts',
  'test/functions/monitor/alerts/{names,unread-logs}.test.ts',
  'test/functions/monitor/checks/answers-5xx.test.ts',
  'test/functions/monitor/upstream/token-endpoint.test.ts',
];

/** What starts processes waits for them, or for a browser or a clock, half of the time. */
const SEVERAL = {
  maxWorkers: 2 * availableParallelism(),
  sequence: { groupOrder: 1 },
};

/** The CDK's own validation of each template takes longer than its synthesis; `test/lib/validation.test.ts` has it on. */
const WITHOUT_VALIDATION = { CDK_VALIDATION: 'false' };

/** How long (ms) a test of processes may take: on a busy machine each of them starts slowly. */
const PATIENT = 120_000;

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What comes at once takes seconds on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: '100%',
    // What several files need is loaded once a worker: engines, the CDK, the SDK.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/tooling/support/cpu-of-file.ts', 'test/tooling/support/as-it-was.ts'],
    unstubEnvs: true,
    unstubGlobals: true,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SYSTEM, ...SLOW],
          pool: 'threads',
          env: WITHOUT_VALIDATION,
          // Node loads them as it loads what is shipped: no test here puts a module in another's place.
          experimental: { viteModuleRunner: false, nodeLoader: false },
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SYSTEM,
          exclude: [...configDefaults.exclude, ...SLOW],
          pool: 'forks',
          testTimeout: PATIENT,
          env: WITHOUT_VALIDATION,
          ...SEVERAL,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: SLOW,
          pool: 'forks',
          testTimeout: PATIENT,
          env: WITHOUT_VALIDATION,
          ...SEVERAL,
        },
      },
    ],
  },
});

import { base } from './base.mjs';

/**
 * The sweep: judged by its tests in memory, by runs of the simulation, and by its tests on real engines, of
 * which a mutant that nobody notices meets all that reach it.
 */
export default {
  ...base,
  mutate: ['functions/monitor/**/*.ts'],
  vitest: { configFile: 'test/mutation/monitor.vitest.config.ts' },
  incrementalFile: 'reports/mutation/monitor.incremental.json',
  jsonReporter: { fileName: 'reports/mutation/monitor.json' },
  htmlReporter: { fileName: 'reports/mutation/monitor.html' },
};

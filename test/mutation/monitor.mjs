import { base } from './base.mjs';

/**
 * The sweep: judged by its tests in memory and by runs of the simulation. Those on real engines would
 * notice more, and take a minute for each mutant that nobody notices.
 */
export default {
  ...base,
  mutate: ['functions/monitor/**/*.ts'],
  vitest: { configFile: 'test/mutation/monitor.vitest.config.ts' },
  incrementalFile: 'reports/mutation/monitor.incremental.json',
  jsonReporter: { fileName: 'reports/mutation/monitor.json' },
  htmlReporter: { fileName: 'reports/mutation/monitor.html' },
};

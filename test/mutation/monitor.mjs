import { base } from './base.mjs';

/** The sweep: judged by the simulation first, and where that notices nothing by tests on real engines. */
export default {
  ...base,
  mutate: ['functions/monitor/**/*.ts'],
  vitest: { configFile: 'test/mutation/monitor.vitest.config.ts' },
  incrementalFile: 'reports/mutation/monitor.incremental.json',
  jsonReporter: { fileName: 'reports/mutation/monitor.json' },
  htmlReporter: { fileName: 'reports/mutation/monitor.html' },
};

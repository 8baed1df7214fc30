import { base } from './base.mjs';

/** The part that decides: judged by its own tests alone. */
export default {
  ...base,
  mutate: ['functions/core/**/*.ts'],
  vitest: { configFile: 'test/mutation/core.vitest.config.ts' },
  incrementalFile: 'reports/mutation/core.incremental.json',
  jsonReporter: { fileName: 'reports/mutation/core.json' },
  htmlReporter: { fileName: 'reports/mutation/core.html' },
};

/**
 * What the mutation tests of both parts have in common. Static mutants count: those of constants and
 * tables, and all that tests touch while they are collected. A mutant that never ends is killed after
 * its time, or after as many steps as tell that it loops; the time is ample, for a busy machine must
 * not pass for an endless loop.
 */
export const base = {
  testRunner: 'vitest',
  coverageAnalysis: 'perTest',
  ignoreStatic: false,
  incremental: true,
  timeoutMS: 30_000,
  concurrency: 2,
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false },
  warnings: { slow: false },
};

import { configDefaults, defineConfig } from 'vitest/config';
import { QuickestFirst } from './quickest-first.ts';

export default defineConfig({
  test: {
    include: [
      'test/functions/{adapters,api}/**/*.test.ts',
      'test/cli/**/*.test.ts',
      // Adapters are met by the sweep's settings and by the contracts, too.
      'test/functions/monitor/settings.test.ts',
      'test/simulation/contracts/*.test.ts',
    ],
    // What starts processes of its own does not meet the mutants.
    exclude: [...configDefaults.exclude, 'test/cli/{package,extraction-monitor}.test.ts'],
    testTimeout: 30_000,
    isolate: false,
    unstubEnvs: true,
    unstubGlobals: true,
    restoreMocks: true,
    sequence: { sequencer: QuickestFirst },
  },
});

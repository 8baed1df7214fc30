import { afterAll, vi } from 'vitest';

// Vitest takes back what a test has stubbed when the next test begins, which the modules of the next file in this
// worker, and its `beforeAll`, do not wait for.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

import { afterAll } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** CPU seconds of the file's worker, without processes that it started. */
    cpuSeconds?: number;
  }
}

// Runs before each file is loaded, so that what it imports counts too.
const before = process.threadCpuUsage();

// biome-ignore lint/correctness/noEmptyPattern: vitest allows for no other first argument here.
afterAll(({}, { file }) => {
  const { user, system } = process.threadCpuUsage(before);
  file.meta.cpuSeconds = (user + system) / 1e6;
});

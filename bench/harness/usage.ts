/** What a stretch of work took this process. */
export interface Usage {
  /** ms on the clock. */
  readonly time: number;
  /** ms of CPU, all threads. */
  readonly cpu: number;
}

/** Runs something, and measures it. */
export async function usageOf(work: () => Promise<unknown>): Promise<Usage> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { time: performance.now() - startedAt, cpu: (user + system) / 1_000 };
}

import type { Reporter, TestModule } from 'vitest/node';

/** What the tests of a folder took. */
interface Cost {
  readonly files: number;
  /** Seconds of the workers, without the processes that tests start. */
  readonly cpu: number;
  /** Seconds from the start of each file to its end, loading and hooks included. */
  readonly wall: number;
}

/** Tells at the end of a run what each folder of tests has cost, the dearest first. */
export default class CostReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const folders = Map.groupBy(modules, folderOf);
    const costs = [...folders].map(([folder, files]) => [folder, costOf(files)] as const);
    console.table(Object.fromEntries(costs.toSorted(([, a], [, b]) => b.cpu - a.cpu)));
  }
}

/** Two folders deep: `test/functions/api`. */
function folderOf({ relativeModuleId }: TestModule): string {
  return relativeModuleId.split('/').slice(0, -1).slice(0, 3).join('/');
}

function costOf(files: readonly TestModule[]): Cost {
  const sum = (secondsOf: (file: TestModule) => number) =>
    Math.round(files.reduce((seconds, file) => seconds + secondsOf(file), 0) * 10) / 10;
  return {
    files: files.length,
    cpu: sum((file) => file.meta().cpuSeconds ?? 0),
    wall: sum((file) => {
      const { setupDuration, collectDuration, duration } = file.diagnostic();
      return (setupDuration + collectDuration + duration) / 1000;
    }),
  };
}

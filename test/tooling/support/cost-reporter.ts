import type { Reporter, TestModule } from 'vitest/node';

interface Cost {
  files: number;
  /** Seconds. */
  cpu: number;
  wall: number;
}

/** Says at the end of a run what each folder of tests has cost: `npm run test:all -- --reporter ./test/tooling/support/cost-reporter.ts`. */
export default class CostReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const folders = new Map<string, Cost>();
    for (const module of modules) {
      const folder = folderOf(module.relativeModuleId);
      const cost = folders.get(folder) ?? { files: 0, cpu: 0, wall: 0 };
      folders.set(folder, cost);
      const { collectDuration, duration } = module.diagnostic();
      cost.files += 1;
      cost.cpu += module.meta().cpuSeconds ?? 0;
      cost.wall += (collectDuration + duration) / 1000;
    }
    console.table(Object.fromEntries([...folders].toSorted(([, a], [, b]) => b.cpu - a.cpu)));
  }
}
function folderOf(file: string) {
  return file
    .split('/')
    .slice(0, process.env.DEEP ? 9 : 3)
    .join('/');
}

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What mostly waits, for minutes: begun last, it would keep one worker up when the others are done. */
const WAITERS = /\/(bench\/alerts|docs\/commands)\.test\.ts$/;

/** The order of test files: what waits first, then as ever. */
export class WaitersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiter = ({ moduleId }: TestSpecification) => WAITERS.test(moduleId);
    return [...sorted.filter(isWaiter), ...sorted.filter((file) => !isWaiter(file))];
  }
}

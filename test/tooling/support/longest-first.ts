import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes, longest first: begun last, it would keep one worker up when the others are done. */
const LONGEST = [
  'bench/alerts',
  'docs/commands',
  'page/page',
  'simulation/simulation',
  'simulation/sabotages',
  'local/kill',
  'cases/sick-runs',
  'simulation/quiet-days',
  'page/outage',
  'rehearsal/rehearsal',
  'local/run',
  'lib/operations/what-is-told',
  'local/ports',
  'local/run.data-dir',
  'local/mail/subscribers',
  'cli/commands/watch',
];

/** The order of test files: what takes longest first, then as ever. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
